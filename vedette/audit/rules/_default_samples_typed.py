"""What `swallow.catch-default` must not find in Go, Java, PHP and Ruby."""

from __future__ import annotations

from vedette.audit.rules import Sample

TYPED = (
    Sample(
        language="go",
        says="the error goes on, a question, a conversion",
        files={
            "a.go": """
                func Users() ([]User, error) {
                    rows, err := db.Query("select * from users")
                    if err != nil {
                        return nil, err
                    }
                    if count, err := strconv.Atoi(rows); err != nil {
                        return nil, nil
                    }
                }
                func isReachable(host string) bool {
                    if err := ping(host); err != nil {
                        return false
                    }
                }
            """
        },
    ),
    Sample(
        language="java",
        says="a number that is none, a class that is missing",
        files={
            "A.java": """
                class A {
                    Integer number(String text) {
                        try {
                            return Integer.valueOf(text);
                        } catch (NumberFormatException e) {
                            return null;
                        }
                    }
                }
            """
        },
    ),
    Sample(
        language="php",
        says="raised on",
        files={
            "a.php": """
                <?php
                try { go(); } catch (\\Exception $e) { throw new Failed("go", 0, $e); }
            """
        },
    ),
    Sample(
        language="go",
        says="the error is a result, or kept for the function around",
        files={
            "a.go": """
                package a
                func Copy(in Store) (err error) {
                    out, err := in.Create("b")
                    if err != nil {
                        return
                    }
                    return out.Fill()
                }
                func Each(rows Rows) error {
                    var putErr error
                    rows.Walk(func(r Row) bool {
                        key, putErr = keys.Make(r)
                        if putErr != nil {
                            return false
                        }
                        return true
                    })
                    return putErr
                }
                func First(stores []Store) error {
                    var err error
                    for _, one := range stores {
                        _, err = one.Create("b")
                        if err != nil {
                            continue
                        }
                        break
                    }
                    return err
                }
                func Drop(in Store) {
                    var err error
                    defer func() {
                        events.Log(err)
                    }()
                    if err = in.Drop("b"); err != nil {
                        return
                    }
                    in.Sync()
                }
            """
        },
    ),
    Sample(
        language="go",
        says="predicates, waits that end with their context",
        files={
            "a.go": """
                package a
                func (f *Folder) clean(ctx context.Context) {
                    if err := f.limiter.TakeWithContext(ctx, 1); err != nil {
                        return
                    }
                    f.sweep()
                }
                func IsAllowed(host string) bool {
                    address, err := net.ResolveIPAddr("ip", host)
                    if err != nil {
                        return false
                    }
                    return allowed(address)
                }
            """
        },
    ),
    Sample(
        language="java",
        says="predicates, interruptions, the end of a file, reflection, what is not there",
        files={
            "A.java": """
                class A {
                    boolean doesUserExist(String id) {
                        try { return users.load(id) != null; } catch (UserException e) { return false; }
                    }
                    void pause() {
                        try { Thread.sleep(limit); } catch (InterruptedException e) { return; }
                    }
                    Row next() {
                        try { return in.readRow(); } catch (EOFException e) { return null; }
                    }
                    void start() {
                        try { Window.class.getMethod("setTop", flag); } catch (Exception e) { hasTop = false; }
                    }
                    Row find(String path) {
                        try { return tree.load(path); } catch (KeeperException.NoNodeException e) { return null; }
                    }
                }
            """
        },
    ),
    Sample(
        language="php",
        says="what is asked of a visitor, time zones, decryption, memory that is wiped",
        files={
            "a.php": """
                <?php
                function table($request) {
                    try {
                        return TableName::fromValue($request->getParam('table'));
                    } catch (InvalidArgumentException $e) {
                        return null;
                    }
                }
                function zone($name) {
                    try {
                        return new DateTimeZone($name);
                    } catch (Exception $e) {
                        return null;
                    }
                }
                function open_box($text, $nonce, $key) {
                    try {
                        return sodium_crypto_secretbox_open($text, $nonce, $key);
                    } catch (Throwable $e) {
                        return null;
                    }
                }
                function pick($low, $high) {
                    try {
                        return random_int($low, $high);
                    } catch (Exception $e) {
                        $use_random_int = false;
                    }
                    return other_source($low, $high);
                }
                function wipe($key) {
                    try {
                        Compat::memzero($key);
                    } catch (SodiumException $e) {
                        $key = null;
                    }
                }
            """
        },
    ),
    Sample(
        language="ruby",
        says="predicates, limits that end a walk, constants by name",
        files={
            "a.rb": """
                def known?(language)
                  highlighter.load(language)
                rescue
                  false
                end
                def draw
                  tree.walk { |one| render(one) }
                rescue MaxLinesLimitReached
                  @truncated = true
                end
                def kind(params)
                  Object.const_get(params[:kind].camelcase)
                rescue
                  nil
                end
            """
        },
    ),
    Sample(
        language="ruby",
        says="what is not there",
        files={
            "a.rb": """
                def user
                  User.find(id)
                rescue ActiveRecord::RecordNotFound
                  nil
                end
            """
        },
    ),
    Sample(
        language="java",
        says="what another error follows, a constant that is asked for at once, answers by their types",
        files={
            "A.java": """
                class A {
                    void rejectKnown(String name) {
                        try { find(name); } catch (EntryException e) { return; }
                        throw new IllegalStateException(name);
                    }
                    void show(Request request) {
                        Session session;
                        try { session = request.getSession(); } catch (Exception e) { session = null; }
                        if (session != null) { draw(session); }
                    }
                    URI address(String text) {
                        try { return new URI(text); } catch (URISyntaxException e) { return null; }
                    }
                    int size(Field field) {
                        try { return Integer.parseInt(field.getText()); } catch (Exception e) { return 12; }
                    }
                }
            """,
        },
    ),
    Sample(
        language="ruby",
        says="files that are not there, yes or no, waits that end",
        files={
            "a.rb": """
                def password(path)
                  store.read(path)
                rescue Errno::ENOENT
                  nil
                end
                def usable
                  begin
                    rpm('--version')
                  rescue ExecutionFailure
                    false
                  else
                    true
                  end
                end
                def wait_for_ready(seconds)
                  poll(seconds)
                rescue Timeout::Error
                  false
                end
                def post(entry)
                  blog.save(entry)
                  true
                rescue Redirected
                  true
                end
                def zone(name)
                  zones.fetch(name)
                rescue TZInfo::InvalidTimezoneIdentifier, ::Encoding::CompatibilityError
                  nil
                end
            """,
        },
    ),
)
