"""What `swallow.catch-default` must not find: constants that are an answer, in every language."""

from __future__ import annotations

from vedette.audit.rules import Sample

GOOD = (
    Sample(
        language="javascript",
        says="one statement that makes a number",
        files={
            "src/a.js": """
                function save(self) {
                  let ttl;
                  try { ttl = parseInt(self.configuredTtl()); } catch (ex) { ttl = null; }
                }
            """
        },
    ),
    Sample(
        language="python",
        says="a word under the errors of a form, no",
        files={
            "app.py": """
                async def step(form, errors):
                    try:
                        await client.login(form)
                    except ClientError:
                        errors['base'] = 'cannot_connect'

                def host_exists(host):
                    try:
                        server.look_up(host)
                        return True
                    except OSError:
                        return False
            """
        },
    ),
    Sample(
        language="python",
        says="a folder that need not be there, a programme that need not be installed",
        files={
            "app.py": """
                def found(path):
                    try:
                        names = os.listdir(path)
                    except OSError:
                        return []
                    try:
                        version = subprocess.run(['git', '--version'], capture_output=True).stdout.strip()
                    except OSError:
                        version = None
                    return names
            """
        },
    ),
    Sample(
        language="python",
        says="a file that has gone since",
        files={
            "app.py": """
                def is_new(path, seen):
                    def up_to_date():
                        try:
                            return os.path.getmtime(path) == seen
                        except OSError:
                            return False
                    return up_to_date
            """
        },
    ),
    Sample(
        language="javascript",
        says="a method that tries, addresses of what is configured, a token, the kind of a file",
        files={
            "src/a.js": """
                class Source {
                  async tryLoad(data) { try { this.load(await this.read(data)); return true } catch { return false } }
                  get address() { try { return new URL(this.#getSiteUrl()) } catch { return null } }
                }
                function path(to) { try { return new URL(to, config.get('url')).pathname } catch { return '/' } }
                async function folder(name) {
                  try { const found = await fs.stat(name); return found.isDirectory() } catch { return false }
                }
            """
        },
    ),
    Sample(
        language="python",
        says="a file that need not be there, and what is read out of it",
        files={
            "app.py": """
                def pid(path):
                    try:
                        with open(path, encoding='utf-8') as file:
                            return int(file.read().strip())
                    except (OSError, ValueError):
                        return None
            """
        },
    ),
    Sample(
        language="javascript",
        says="validators, parsing, dates, tokens, features",
        files={
            "src/a.js": """
                function isValid(x) { try { return check(x) } catch { return false } }
                function read(t) { try { return JSON.parse(t) } catch { return null } }
                function day(t) { try { return new Date(t).toISOString() } catch { return '' } }
                function user(t) { try { return jwt.verify(t, key) } catch { return null } }
                function hasStorage() { try { probe(); return true } catch { return false } }
            """
        },
    ),
    Sample(
        language="javascript",
        says="real fallback code",
        files={
            "src/a.js": """
                async function get(k) { try { return await cache.read(k) } catch { return compute(k) } }
            """
        },
    ),
    Sample(
        language="javascript",
        says="the error is used",
        files={
            "src/a.js": """
                async function get(k) { try { return await load(k) } catch (e) { lastError = e; return null } }
            """
        },
    ),
    Sample(
        language="python",
        says="named types that are an answer",
        files={
            "app.py": """
                def get(k):
                    try:
                        return table.load(k)
                    except (KeyError, Item.DoesNotExist):
                        return None
            """
        },
    ),
)
