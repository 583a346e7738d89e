"""What `report.log-only` must not find: what is reported otherwise, or is no error."""

from __future__ import annotations

from vedette.audit.rules import Sample

GOOD = (
    Sample(
        language="javascript",
        says="kept, and thrown in the end",
        files={
            "package.json": '{"name": "a", "dependencies": {"@sentry/node": "8"}}',
            "src/a.js": """
                export async function fetchAll() {
                  let error;
                  try { await fetchSome() } catch (err) { logging.error(err); error = err; }
                  await store();
                  if (error) throw error;
                }
            """,
        },
    ),
    Sample(
        language="python",
        says="what other rules say: logged without the error, or where nobody reads",
        files={
            "requirements.txt": "sentry-sdk==2",
            "app.py": """
                def save(x):
                    try:
                        db.insert(x)
                    except Exception:
                        log.warning('could not save')
                    try:
                        db.insert(x)
                    except Exception as error:
                        log.debug('could not save: %s', error)
                    try:
                        db.insert(x)
                    except Exception as error:
                        log.info('saved nothing: %s', error)
            """,
            "management/commands/fill.py": """
                def handle(account):
                    try:
                        account.fill()
                    except Exception as error:
                        print(error)
            """,
        },
    ),
    Sample(
        language="python",
        says="one after the other, and an error if none answers",
        files={
            "requirements.txt": "sentry-sdk==2\n",
            "app.py": """
                def fetch(servers):
                    for one in servers:
                        try:
                            return one.fetch()
                        except Exception:
                            log.warning('no answer from %s', one, exc_info=True)

                    raise NoAnswer(servers)
            """,
        },
    ),
    Sample(
        language="python",
        says="what is wrong with a setting",
        files={
            "requirements.txt": "sentry-sdk==2\n",
            "app.py": """
                def rates(given):
                    for one in given:
                        try:
                            wanted.insert(0, convert(one))
                        except Exception:
                            logger.warning(f"{one} is not a valid rate, ignoring it")
            """,
        },
    ),
    Sample(
        language="javascript",
        says="a wrapper that captures",
        files={
            "package.json": '{"name": "a", "dependencies": {"@sentry/node": "8"}}',
            "src/logger.js": """
                import * as Sentry from '@sentry/node';
                export const logger = { error(message, err) { console.error(message, err); Sentry.captureException(err); } };
            """,
            "src/a.js": """
                import { logger } from './logger';
                async function a() { try { await go() } catch (e) { logger.error('no', e) } }
            """,
        },
    ),
    Sample(
        language="javascript",
        says="an integration of the console",
        files={
            "package.json": '{"name": "a", "dependencies": {"@sentry/node": "8"}}',
            "src/a.js": """
                import * as Sentry from '@sentry/node';
                Sentry.init({ integrations: [Sentry.captureConsoleIntegration()] });
                async function a() { try { await go() } catch (e) { console.error('no', e) } }
            """,
        },
    ),
    Sample(
        language="python",
        says="what is logged as an error reaches the SDK by itself",
        files={
            "requirements.txt": """
                sentry-sdk==2
            """,
            "app.py": """
                def save(x):
                    try:
                        db.insert(x)
                    except Exception:
                        logger.exception('no')
            """,
        },
    ),
    Sample(
        language="javascript",
        says="no SDK: that is another finding",
        files={
            "package.json": '{"name": "a"}',
            "src/a.js": """
                async function a() { try { await go() } catch (e) { console.error('no', e) } }
            """,
        },
    ),
)
