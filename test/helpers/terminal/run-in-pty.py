"""Runs a program in a pseudo-terminal of its own: run-in-pty.py PATTERN ACTION PROGRAM ARGS...

Waits until what it writes matches PATTERN, then does ACTION: hangup closes the terminal, anything else is typed.
Prints, as JSON, what the program wrote, its exit code (negative: the signal that ended it) and whether the terminal
is set as before.
"""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

pattern, action, *command = sys.argv[1:]
deadline = time.monotonic() + 60
master, slave = pty.openpty()
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.closerange(3, 64)
    os.execvp(command[0], command)

seen = b""
acted = False
status = None
while status is None:
    if time.monotonic() > deadline:
        os.kill(pid, signal.SIGKILL)
    if master is not None and select.select([master], [], [], 0.05)[0]:
        seen += os.read(master, 65536)
    elif master is None:
        time.sleep(0.05)
    if not acted and re.search(pattern.encode(), seen):
        acted = True
        if action == "hangup":
            os.close(slave)
            os.close(master)
            master = slave = None
        else:
            os.write(master, action.encode())
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = code
while master is not None and select.select([master], [], [], 0.2)[0]:
    seen += os.read(master, 65536)
same = slave is not None and termios.tcgetattr(slave) == before
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "sttyAsBefore": same, "seen": seen.decode("latin1")}))
