"""Measures a program in a pseudo-terminal of its own: pty_meter.py PLAN PROGRAM ARGS...

PLAN is JSON: columns and rows; output, a file for all that the program writes; marks, by name a text of which the first
sight is timed; and steps, done one after the other:
  {"wait": s}                     nothing but reading what the program writes
  {"until": mark, "within": s}    the same, until a mark was seen
  {"type": key, "within": s}      types when the terminal is quiet just after a frame; times the next frame, and counts
                                  the bytes that come within s
  {"span": s}                     counts bytes, frames and processor time over s
  {"memory": true}                notes the memory of the program
  {"write": text, "to": file}     makes a file, for whoever waits for it
  {"await": file, "within": s}    reads what the program writes until the file is there
Then q is typed. Prints JSON: what was measured, and the exit code of the program. Needs /proc.
"""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

plan, command = json.loads(sys.argv[1]), sys.argv[2:]
TICKS = os.sysconf("SC_CLK_TCK")
# A frame comes as several reads; a pause as long as this ends it.
FRAME_GAP_S = 0.02
QUIET_S = 0.15
QUIET_MAX_S = 5
END_S = 5

started = time.monotonic()
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", plan["rows"], plan["columns"], 0, 0))
    os.closerange(3, 64)
    os.execvp(command[0], command)

output = open(plan["output"], "wb")
marks = {name: text.encode() for name, text in plan["marks"].items()}
seen_ms, seen = {}, b""
total, frames, last_read = 0, 0, 0.0
is_over = False


def pump(until, done=lambda: False):
    """Reads until a time, or until done says so after a read."""
    global total, frames, last_read, is_over, seen
    while not is_over and not done():
        left = until - time.monotonic()
        if left <= 0:
            return
        if not select.select([terminal], [], [], left)[0]:
            return
        try:
            read = os.read(terminal, 65536)
        except OSError:
            read = b""
        if not read:
            is_over = True
            return
        now = time.monotonic()
        if now - last_read > FRAME_GAP_S:
            frames += 1
        last_read = now
        total += len(read)
        output.write(read)
        if len(seen_ms) < len(marks):
            seen += read
            for name, text in marks.items():
                if name not in seen_ms and text in seen:
                    seen_ms[name] = (now - started) * 1000


def pump_for(seconds):
    end = time.monotonic() + seconds
    while not is_over and time.monotonic() < end:
        pump(end)


def processor_s():
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory():
    with open(f"/proc/{pid}/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    names = {"rss": "VmRSS", "peak": "VmHWM", "anonymous": "RssAnon", "file": "RssFile"}
    return {name: int(lines[key].split()[0]) * 1024 for name, key in names.items()}


def wait_for_quiet():
    """Until just after a frame, or until nothing has come for long."""
    end = time.monotonic() + QUIET_MAX_S
    before = frames
    pump(end, lambda: frames > before)
    while not is_over and time.monotonic() < end:
        before = total
        pump_for(QUIET_S)
        if total == before:
            return


def type_key(key, seconds):
    wait_for_quiet()
    bytes_before, frames_before = total, frames
    typed = time.monotonic()
    os.write(terminal, key.encode())
    end = typed + seconds
    pump(end, lambda: frames > frames_before)
    # The last part of that frame is what is looked at.
    last = last_read
    while not is_over and time.monotonic() < end:
        pump(min(end, last + FRAME_GAP_S), lambda: last_read > last)
        if last_read == last:
            break
        last = last_read
    pump_for(end - time.monotonic())
    ms = (last - typed) * 1000 if frames > frames_before else None
    return {"key": key, "ms": ms, "bytes": total - bytes_before}


def span(seconds):
    bytes_before, frames_before, cpu_before, begun = total, frames, processor_s(), time.monotonic()
    pump_for(seconds)
    return {
        "seconds": time.monotonic() - begun,
        "cpuSeconds": processor_s() - cpu_before,
        "bytes": total - bytes_before,
        "frames": frames - frames_before,
    }


def wait_for(path, seconds):
    end = time.monotonic() + seconds
    while not is_over and time.monotonic() < end and not os.path.exists(path):
        pump_for(0.1)


keys, spans, memories = [], [], []
for step in plan["steps"]:
    if is_over:
        break
    if "wait" in step:
        pump_for(step["wait"])
    elif "until" in step:
        pump(time.monotonic() + step["within"], lambda: step["until"] in seen_ms)
    elif "type" in step:
        keys.append(type_key(step["type"], step["within"]))
    elif "span" in step:
        spans.append(span(step["span"]))
    elif "memory" in step:
        memories.append(memory())
    elif "write" in step:
        with open(step["to"], "w") as file:
            file.write(step["write"])
    elif "await" in step:
        wait_for(step["await"], step["within"])
output.close()

# The output ends here: what follows gives the terminal back.
output = open(os.devnull, "wb")
had_ended = is_over
if not is_over:
    os.write(terminal, b"q")
code = None
for force in (None, signal.SIGTERM, signal.SIGKILL):
    if force is not None:
        os.kill(pid, force)
    end = time.monotonic() + END_S
    while code is None and time.monotonic() < end:
        if is_over:
            time.sleep(0.01)
        else:
            pump(min(end, time.monotonic() + 0.05))
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
    if code is not None:
        break
print(json.dumps({"code": code, "endedEarly": had_ended, "seenMs": seen_ms, "keys": keys, "spans": spans, "memories": memories}))
