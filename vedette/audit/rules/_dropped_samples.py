"""What `log.error-dropped` must not find."""

from __future__ import annotations

from vedette.audit.rules import Sample

GOOD = (
    Sample(
        language="python",
        says="a comment that says why not",
        files={
            "app.py": """
                def provider():
                    try:
                        return verifier(settings)
                    except Exception:
                        # Do not log the exception: it may contain the secret.
                        logger.error('no provider')
            """
        },
    ),
    Sample(
        language="python",
        says="the failure itself, or the one under way, as Twisted logs it",
        files={
            "app.py": """
                def go():
                    try:
                        sync()
                    except Exception:
                        log.err(_why=f'while polling {url}')
                    try:
                        sync()
                    except Exception:
                        log.warning('no answer', exc_on_loglevel=logging.DEBUG)
                    try:
                        sync()
                    except Exception:
                        log.err(Failure(), 'while polling')
                    try:
                        sync()
                    except Exception:
                        log.err(
                            None,
                            'while polling',
                        )
                    try:
                        sync()
                    except Exception:
                        found = sys.exc_info()
                        print('no sync:', found[1])
            """
        },
    ),
    Sample(
        language="python",
        says="what is wrong with a setting",
        files={
            "app.py": """
                def go():
                    for entry in wanted:
                        try:
                            networks.add(netaddr.IPNetwork(entry))
                        except Exception:
                            logger.warning(f'Invalid network in the settings: {entry}')
            """
        },
    ),
    Sample(
        language="go",
        says="with what the program that failed has said",
        files={
            "a.go": """
                package a

                func Sign() {
                    said, err := run("codesign", file)
                    if err != nil {
                        log.Println("could not sign:", string(said))
                    }
                }
            """
        },
    ),
    Sample(
        language="go",
        says="with the error, or returned",
        files={
            "a.go": """
                package a

                func Save() error {
                    if err := store(); err != nil {
                        log.Printf("could not store: %v", err)
                    }
                    if err := store(); err != nil {
                        log.Println("could not store")
                        return err
                    }
                    return nil
                }
            """
        },
    ),
    Sample(
        language="java",
        says="types that say why",
        files={
            "src/main/java/A.java": """
                class A {
                  void go() {
                    try {
                      Thread.sleep(pause);
                    } catch (InterruptedException e) {
                      log.warn("Interrupted while waiting");
                    }
                    try {
                      users.read(socket);
                    } catch (SocketTimeoutException e) {
                      log.warn("No answer after {} ms", limit);
                    }
                    try {
                      limit = limits.check(Integer.parseInt(text));
                    } catch (NumberFormatException e) {
                      log.warn("{} is no number", text);
                    }
                  }
                }
            """
        },
    ),
    Sample(
        language="javascript",
        says="parse attempts at debug level, the error in the text",
        files={
            "src/a.js": """
                async function a() {
                  try { await sync() } catch (e) { console.debug('no') }
                  try { await sync() } catch (e) { console.error(`no: ${e}`) }
                  try { JSON.parse(x) } catch (e) { console.warn('no JSON') }
                }
            """
        },
    ),
    Sample(
        language="python",
        says="the traceback comes by itself",
        files={
            "app.py": """
                def go():
                    try:
                        sync()
                    except Exception:
                        logger.exception('Sync failed')
                    try:
                        sync()
                    except Exception:
                        logger.error('Sync failed', exc_info=True)
            """
        },
    ),
    Sample(
        language="php",
        says="a connection that says what it was",
        files={
            "a.php": """
                <?php
                try {
                    $store->pdo->exec($query);
                } catch (\\Exception $e) {
                    Logger::warning('Database error: ' . var_export($store->pdo->errorInfo(), true));
                }
            """,
        },
    ),
    Sample(
        language="go",
        says="a text that is none",
        files={
            "a.go": """
                package a

                func level(text string) {
                    found, err := logrus.ParseLevel(text)
                    if err != nil {
                        log.Printf("Unable to read logging level: %s", text)
                        return
                    }
                    use(found)
                }
            """,
        },
    ),
)
