"""What `swallow.py-broad` must not find: broad handlers of Python that drop nothing."""

from __future__ import annotations

from vedette.audit.rules import Sample

GOOD = (
    Sample(
        language="python",
        says="what asks, and an address",
        files={
            "app.py": """
                class Engine:
                    def is_supported(self):
                        try:
                            version = self.version_of()
                        except Exception:
                            return False
                        return version >= 3

                def clean(url):
                    try:
                        return url if urlparse(url).scheme in ('http', 'https') else ''
                    except Exception:
                        return ''
            """
        },
    ),
    Sample(
        language="python",
        says="no out of what asks at length, a second failure, the version of a checkout",
        files={
            "app.py": """
                def validate_tokens(cookie, header):
                    try:
                        signer = signer_of(cookie)
                        given = signer.take(header)
                        return same(given, signer.known)
                    except Exception:
                        return False


                def is_reachable(host):
                    for family in families:
                        try:
                            connection = connect(host, family)
                            connection.send(hello)
                            return True
                        except Exception:
                            pass
                    return False


                def work(job):
                    try:
                        job.run()
                    except Exception:
                        log.exception('job')
                        try:
                            job.tell_owner()
                        except Exception:
                            pass


                def code_version():
                    try:
                        output = subprocess.check_output(['git', 'rev-parse', 'HEAD'])
                        return output.decode().strip()
                    except Exception:
                        return None
            """
        },
    ),
    Sample(
        language="python",
        says="one after the other, until one is good",
        files={
            "app.py": """
                def port():
                    while True:
                        number = random.randint(30000, 60000)
                        try:
                            listener.bind(number)
                            listener.listen(1)
                            return number
                        except Exception:
                            pass


                def first(addresses):
                    for address in addresses:
                        try:
                            if connect(address, wait=3):
                                return address
                        except Exception:
                            continue
            """
        },
    ),
    Sample(
        language="python",
        says="what is signed or read by those who ask",
        files={
            "app.py": """
                def clean(data):
                    expected = -1
                    try:
                        first, second = solve(data['challenge'])
                        expected = int(first) + int(second)
                    except Exception:
                        pass
                    if data['response'] != expected:
                        raise ValidationError('wrong')


                def phone(value):
                    try:
                        value = PhoneNumber.from_string(value)
                    except Exception:
                        pass
                    try:
                        signal.signal(signal.SIGQUIT, stop)
                        place = numbers.index(value)
                        curses.curs_set(0)
                        body = error.response.json()
                        name = b64decode(value.encode()).decode()
                        passed = timedelta(seconds=int(value))
                        parsed = ast.parse(Path(value).read_bytes())
                    except Exception:
                        place = 0
                    try:
                        value = signer.unsign(value, max_age=3600)
                    except Exception:
                        value = None
                    return value
            """
        },
    ),
    Sample(
        language="python",
        says="another error follows",
        files={
            "app.py": """
                def decode(value):
                    try:
                        return users.known_by(value)
                    except Exception:
                        pass

                    raise ValueError('no cookie')
            """
        },
    ),
    Sample(
        language="python",
        says="a number out of what was read, a valid address, the time of a file",
        files={
            "app.py": """
                def go(page, known):
                    try:
                        rating = float(page.xpath('//rating')[0].text.strip())
                    except Exception:
                        rating = 0
                    try:
                        interval = max(int(known.get('interval', 3)) - 1, 1)
                    except Exception:
                        interval = 2
                    try:
                        reset = time.strftime('%H:%M', time.gmtime(int(given)))
                    except Exception:
                        reset = None
                    try:
                        netaddr.IPAddress(address)
                        return True
                    except Exception:
                        return False
            """
        },
    ),
    Sample(
        language="python",
        says="the error is given to what decides",
        files={
            "app.py": """
                def go():
                    while True:
                        try:
                            connect()
                            work()
                        except Exception as error:
                            if back_off(f'no connection: {error}'):
                                break
            """
        },
    ),
    Sample(
        language="python",
        says="a number in a text, a cookie",
        files={
            "app.py": """
                def go(line, response):
                    try:
                        target = float(re.search('R([0-9]+)', line).group(1))
                    except Exception:
                        target = None
                    try:
                        left = int(response.headers.get('X-Left', None))
                    except Exception:
                        left = None
                    try:
                        return URLSafeSerializer(key, serializer=TaggedJSONSerializer()).loads(cookie)
                    except Exception:
                        return None
            """
        },
    ),
    Sample(
        language="python",
        says="named exceptions, raised again, logged",
        files={
            "app.py": """
                try:
                    go()
                except (KeyError, User.DoesNotExist):
                    pass
                try:
                    go()
                except Exception:
                    undo()
                    raise
                try:
                    go()
                except Exception:
                    log.exception('no')
                try:
                    import a
                except Exception:
                    a = None
            """
        },
    ),
    Sample(
        language="python",
        says="tests",
        files={
            "tests/test_a.py": """
                try:
                    go()
                except Exception:
                    pass
            """
        },
    ),
)
