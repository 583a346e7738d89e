"""What `swallow.catch-empty` must not find: failures of which nobody needs to hear."""

from __future__ import annotations

from vedette.audit.rules import Sample

GOOD = (
    Sample(
        language="javascript",
        says="another error follows",
        files={
            "src/a.js": """
                async function load(mirrors) {
                  try {
                    return await download(mirrors);
                  } catch {
                  }
                  throw new Error('no mirror answers');
                }
            """
        },
    ),
    Sample(
        language="javascript",
        says="a comment that says what cannot be read",
        files={
            "src/a.js": """
                async function urls(found) {
                  for (const one of found) {
                    try { list.push(known.find(new URL(one))) } catch { /* Ignore invalid addresses */ }
                  }
                  try { body = change(JSON.parse(text)) } catch { /* Not JSON, pass through */ }
                  try { state = change(JSON.parse(text)) } catch { /* not valid JSON: as it is */ }
                  try { state = JSON.parse(await fs.readFile(path, 'utf8')) } catch { /* starts from nothing */ }
                }
            """
        },
    ),
    Sample(
        language="python",
        says="no out of what asks, one after the other, a folder, the size of a terminal",
        files={
            "app.py": """
                def is_known(key):
                    try:
                        return key in storage.known_keys()
                    except ConnectionError:
                        pass

                    return False


                def connect(addresses):
                    for one in addresses:
                        try:
                            client.log_in(one)
                            break
                        except ConnectionError:
                            pass


                def prepare(folder):
                    try:
                        os.makedirs(folder)
                        width = shutil.get_terminal_size()[0]
                    except OSError:
                        pass
            """
        },
    ),
    Sample(
        language="python",
        says="a wait that is over, a second failure, the version of a checkout",
        files={
            "app.py": """
                async def settle(event, job):
                    try:
                        async with asyncio.timeout(5):
                            await event.wait()
                    except TimeoutError:
                        pass
                    try:
                        await job.run()
                    except JobError as error:
                        log.error('job: %s', error)
                        try:
                            await job.tell_owner()
                        except ConnectionError:
                            pass

                async def settle_all(pending):
                    try:
                        await asyncio.wait_for(asyncio.shield(pending), timeout=5)
                    except (asyncio.TimeoutError, asyncio.CancelledError):
                        pass

                def version_of(folder):
                    try:
                        described = Popen(['git', 'describe'], cwd=folder).communicate()
                        return release(described)
                    except OSError:
                        pass
            """
        },
    ),
    Sample(
        language="python",
        says="a file that need not be there, a time that is none",
        files={
            "app.py": """
                def version(path):
                    try:
                        with open(os.path.join(path, 'VERSION')) as file:
                            return file.read().strip()
                    except OSError:
                        pass
                    try:
                        datetime.datetime.fromtimestamp(number)
                    except (OverflowError, OSError):
                        pass
            """
        },
    ),
    Sample(
        language="javascript",
        says="benign: parsing, closing, storage",
        files={
            "src/a.js": """
                try { JSON.parse(text) } catch {}
                try { socket.close() } catch {}
                try { localStorage.setItem('a', b) } catch {}
            """
        },
    ),
    Sample(
        language="javascript",
        says="cookies of supabase-ssr's template",
        files={
            "src/a.js": """
                try { all.forEach(({ name, value }) => cookieStore.set(name, value)) } catch {
                }
            """
        },
    ),
    Sample(
        language="javascript",
        says="around the monitor itself",
        files={
            "src/a.js": """
                try { const s = await load(); Sentry.captureException(s) } catch {}
            """
        },
    ),
    Sample(
        language="javascript",
        says="tests",
        files={
            "tests/a.test.js": """
                try { run() } catch {}
            """
        },
    ),
    Sample(
        language="python",
        says="named types that are an answer",
        files={
            "app.py": """
                try:
                    import ujson
                except ImportError:
                    pass
                try:
                    a[k].close()
                except KeyError:
                    pass
            """
        },
    ),
)
