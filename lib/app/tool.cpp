#include "app/tool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <nlohmann/json.hpp>

#include "app/memory_limit.h"
#include "base/error.h"
#include "base/text.h"
#include "base/thread_variables.h"
#include "h5/atomic_file.h"
#include "h5/unfinished.h"

namespace mtlkit {
namespace {

constexpr int kClosedPipe = 128 + SIGPIPE;

// A stream that the caller closed must not become the number of a file that we
// open: it gets one that fails where it is used.
void KeepStandardStreams() {
  constexpr int kModes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
  for (int fd = 0; fd < 3; ++fd) {
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      (void)open("/dev/null", kModes[fd]);
    }
  }
}

void ExitOnClosedPipe(int) {
  _exit(kClosedPipe);
}

// Dies of the signal, as a shell wants to see, but for what it has begun.
void DieCleanly(int signal) {
  RemoveUnfinishedOutputs();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// A reader that goes away ends a writer silently, also where our parent
// ignores SIGPIPE. A file that grows too long is an error of the write.
void SetUpSignals() {
  struct sigaction inherited {};
  sigaction(SIGPIPE, nullptr, &inherited);
  if (inherited.sa_handler == SIG_IGN) std::signal(SIGPIPE, ExitOnClosedPipe);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(signal, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) std::signal(signal, DieCleanly);
  }
}

int Report(const std::string& program, std::string_view text, ErrorKind kind) {
  const std::string line = program + ": " + VisibleText(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  return static_cast<int>(kind);
}

// Runs `work`; what it throws becomes a line and an exit code.
int Guard(const std::string& program, const std::function<void()>& work) {
  try {
    work();
    return EXIT_SUCCESS;
  } catch (const Error& error) {
    return Report(program, error.what(), error.kind());
  } catch (const std::bad_alloc&) {
    return Report(program,
                  "out of memory (choose a smaller network, batch or file, or "
                  "a machine with more)",
                  ErrorKind::kIo);
  } catch (const std::filesystem::filesystem_error& error) {
    return Report(program,
                  Str(error.path1().string(), ": ", error.code().message()),
                  ErrorKind::kMissingInput);
  } catch (const std::exception& error) {
    return Report(program,
                  Str("internal error: ", error.what(),
                      " (please report it with the command line)"),
                  ErrorKind::kBug);
  }
}

// Refuses before any work what would fail after it.
void CheckPlaces(const Cli& cli) {
  if (cli.reads_stdin() && isatty(STDIN_FILENO) == 1) {
    Fail(ErrorKind::kUsage, "refusing to read from a terminal",
         Str("give a FILE or a pipe; see ", cli.command(), " --help"));
  }
  for (const OutputOperand& output : cli.outputs()) {
    if (output.kind == OutputKind::kFolder) continue;
    ProbeOutput(output.path, output.kind == OutputKind::kText);
  }
}

void RunParsed(const Cli& cli) {
  CheckPlaces(cli);
  const CommonOptions& common = cli.common();
  const ProgressMode mode = ParseProgressMode(common.progress);
  const auto reporter = MakeReporter(cli.program(), mode, common.quiet);
  ThreadPool pool(common.threads > 0 ? static_cast<int>(common.threads)
                                     : DefaultThreads());
  for (const std::string& text : cli.Overridden()) reporter->Warn(text);
  const std::string problem = ThreadVariableProblem();
  if (common.threads == 0 && !problem.empty()) reporter->Warn(problem);
  if (common.threads > pool.threads()) {
    reporter->Note(Str("goes on with ",
                       Counted(pool.threads(), "thread", "threads"),
                       ": the system starts no more"));
  }
  const Json settings = cli.Settings();
  Context context;
  context.tool = cli.command();
  context.seed = static_cast<Seed>(common.seed);
  context.verbose = static_cast<int>(common.verbose);
  context.settings = &settings;
  context.given = cli.Given();
  context.pool = &pool;
  context.reporter = reporter.get();
  cli.Run(context);
}

// What was printed must have arrived: a full disk shows here at the latest.
void CloseStdout() {
  errno = 0;
  const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (failed || (std::fclose(stdout) != 0 && errno != EBADF)) {
    Fail(ErrorKind::kIo, Str("stdout: ", std::strerror(errno)));
  }
}

}  // namespace

int RunToolWith(int argc, char** argv, const ToolInfo& info,
                const std::function<void(Cli&)>& configure) {
  KeepStandardStreams();
  SetUpSignals();
  LimitMemory();
  const int code = Guard(info.name, [&] {
    Cli cli(info.name, info.sentence, info.example);
    configure(cli);
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0),
                                             argv + argc);
    if (const auto answer = cli.Parse(arguments)) {
      Context{}.Print(*answer);
    } else {
      RunParsed(cli);
    }
    CloseStdout();
  });
  const bool is_saved =
      code == EXIT_SUCCESS || code == static_cast<int>(ErrorKind::kStopped);
  if (is_saved) DieIfInterrupted();
  return code;
}

}  // namespace mtlkit
