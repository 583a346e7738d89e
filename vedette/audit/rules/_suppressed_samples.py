"""Samples of `swallow.log-suppressed` in Go, Java, PHP and Ruby."""

from __future__ import annotations

from vedette.audit.rules import Sample

TYPED_BAD = (
    Sample(
        language="go",
        says="only when it is asked to be talkative",
        files={
            "cmd/relay/main.go": """
                package main

                func serve(conn *Conn) {
                    if err := send(conn); err != nil {
                        if debug {
                            log.Println("not sent to", conn)
                        }
                        return
                    }
                    wait(conn)
                }
            """
        },
        lines=(4,),
    ),
    Sample(
        language="java",
        says="debug level, by method and by argument",
        files={
            "src/Mirror.java": """
                class Mirror {
                    void go() {
                        try {
                            copy();
                        } catch (Exception e) {
                            LOG.debug("not copied", e);
                        }
                        try {
                            copy();
                        } catch (RuntimeException e) {
                            logger.log(Level.FINE, "not copied", e);
                        }
                    }
                }
            """
        },
        lines=(5, 10),
    ),
    Sample(
        language="php",
        says="debug level",
        files={
            "src/Mirror.php": """
                <?php
                function go() {
                    try {
                        sync();
                    } catch (\\Throwable $e) {
                        $this->logger->debug('not synced', ['e' => $e]);
                    }
                }
            """
        },
        lines=(5,),
    ),
    Sample(
        language="ruby",
        says="debug level",
        files={
            "app/mirror.rb": """
                def go
                  Mirror.sync
                rescue StandardError => e
                  Rails.logger.debug("not synced: #{e}")
                end
            """
        },
        lines=(3,),
    ),
)

TYPED_GOOD = (
    Sample(
        language="go",
        says="debug level beside the error that is given on",
        files={
            "cmd/relay/main.go": """
                package main

                func serve(conn *Conn) error {
                    if err := send(conn); err != nil {
                        log.Debugf("not sent to %v", conn)
                        return err
                    }
                    return nil
                }
            """
        },
    ),
    Sample(
        language="java",
        says="named and meant, or at a level that is read",
        files={
            "src/Mirror.java": """
                class Mirror {
                    void go() {
                        try {
                            copy();
                        } catch (SocketTimeoutException e) {
                            LOG.debug("again later", e);
                        }
                        try {
                            copy();
                        } catch (Exception e) {
                            logger.log(Level.WARNING, "not copied", e);
                        }
                    }
                }
            """
        },
    ),
    Sample(
        language="php",
        says="debug level before it is thrown",
        files={
            "src/Mirror.php": """
                <?php
                function go() {
                    try {
                        sync();
                    } catch (\\Throwable $e) {
                        $this->logger->debug('not synced');
                        throw $e;
                    }
                }
            """
        },
    ),
    Sample(
        language="ruby",
        says="debug level before it is raised",
        files={
            "app/mirror.rb": """
                def go
                  Mirror.sync
                rescue StandardError => e
                  Rails.logger.debug("not synced")
                  raise
                end
            """
        },
    ),
)
