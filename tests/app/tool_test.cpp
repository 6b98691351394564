#include "app/tool.h"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "base/error.h"
#include "paths.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

struct Outcome {
  int code = -1;  // as a shell sees it
  std::string out;
  std::string err;
};

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Runs a shell command in which $TOY is the toy tool.
Outcome Shell(const std::string& command) {
  const TempFolder folder;
  const std::string script =
      Str("TOY=", BinaryDir(), "/bin/toy-tool; {\n", command, "\n} >",
          folder / "out", " 2>", folder / "err", " </dev/null");
  std::ofstream(folder / "script") << script << "\n";
  // What nohup, or a script in the background, began ignores these, and no
  // shell that it starts can hear them again.
  std::signal(SIGHUP, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  const int status = std::system(("bash " + (folder / "script")).c_str());
  Outcome outcome;
  outcome.code = WEXITSTATUS(status);
  outcome.out = ReadAll(folder / "out");
  outcome.err = ReadAll(folder / "err");
  return outcome;
}

TEST_CASE("a tool that ends well prints its result and exits with 0") {
  const Outcome outcome = Shell("$TOY a.h5 -o b.h5 --threads 2 --seed 7");
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "read a.h5 seed 7\n");
  CHECK(outcome.err == "mtl-toy: threads 2\n");
}

TEST_CASE("what is thrown becomes one line and an exit code") {
  const Outcome data = Shell("$TOY a -o b --fail data");
  CHECK(data.code == 65);
  CHECK(data.err == "mtl-toy: row 3 is bad\\x01 (mend it)\n");
  CHECK(data.out == "");
  const Outcome memory = Shell("$TOY a -o b --fail memory");
  CHECK(memory.code == 74);
  CHECK(memory.err.starts_with("mtl-toy: out of memory ("));
  CHECK(Shell("$TOY a -o b --fail bug").code == 70);
}

TEST_CASE("a mistake on the command line exits with 2 and runs nothing") {
  const Outcome outcome = Shell("$TOY a -o b --sead 1");
  CHECK(outcome.code == 2);
  CHECK(outcome.err ==
        "mtl-toy: there is no flag --sead (did you mean --seed?)\n");
  CHECK(Shell("$TOY").code == 2);
  CHECK(Shell("$TOY a").code == 2);
}

TEST_CASE("a flag comes before the environment, and both before the default") {
  CHECK(Shell("$TOY a -o b -q").out == "read a seed 1\n");
  CHECK(Shell("MTLKIT_SEED=5 $TOY a -o b").out == "read a seed 5\n");
  CHECK(Shell("MTLKIT_SEED=5 $TOY a -o b --seed 6").out == "read a seed 6\n");
  const Outcome wrong = Shell("MTLKIT_SEED=-1 $TOY a -o b");
  CHECK(wrong.code == 2);
  CHECK(wrong.err == "mtl-toy: MTLKIT_SEED is -1 but must be at least 0\n");
}

TEST_CASE("quiet drops notes, and no result") {
  const Outcome outcome = Shell("$TOY a -o b --quiet");
  CHECK(outcome.out == "read a seed 1\n");
  CHECK(outcome.err == "");
}

TEST_CASE("a full disk is an I/O error") {
  const Outcome short_text = Shell("$TOY a -o b > /dev/full");
  CHECK(short_text.code == 74);
  CHECK(short_text.err.find("stdout: No space left on device") !=
        std::string::npos);
  CHECK(Shell("$TOY a -o b --fail lines > /dev/full").code == 74);
  CHECK(Shell("$TOY --help > /dev/full").code == 74);
}

TEST_CASE("a reader that goes away ends the tool silently") {
  const Outcome plain =
      Shell("$TOY a -o b -q --fail lines | head -c 1; exit ${PIPESTATUS[0]}");
  CHECK(plain.code == 141);
  CHECK(plain.err == "");
  const Outcome ignored = Shell(
      "trap '' PIPE; $TOY a -o b -q --fail lines | head -c 1; "
      "exit ${PIPESTATUS[0]}");
  CHECK(ignored.code == 141);
  CHECK(ignored.err == "");
}

// Waits for the first line of a tool that says so, in the background of a
// shell.
constexpr std::string_view kUntilReady =
    "for i in $(seq 1000); do [ -s $READY ] && break; sleep .01; done; ";

TEST_CASE("a tool that saves its work is stopped by a signal with 75") {
  // The last makes a shell stop its loop too, which no exit code does.
  const std::pair<const char*, int> kSignals[] = {
      {"TERM", 75}, {"USR1", 75}, {"HUP", 75}, {"INT", 130}};
  for (const auto& [signal, code] : kSignals) {
    CAPTURE(signal);
    // An interactive shell's children get SIGINT; those of a script ignore it.
    const Outcome outcome =
        Shell(Str("set -m; READY=$(mktemp); trap 'rm -f $READY' EXIT; $TOY a "
                  "-o b --fail stop >$READY & ",
                  kUntilReady, "kill -", signal, " $!; wait $!"));
    CHECK(outcome.code == code);
    CHECK(outcome.err.starts_with(
        "mtl-toy: stopped, all is saved (run it again)\n"));
  }
}

TEST_CASE("a tool that nohup began goes on when its terminal goes") {
  const Outcome outcome =
      Shell(Str("set -m; READY=$(mktemp); trap 'rm -f $READY' EXIT; (trap '' "
                "HUP; exec $TOY a -o b --fail stop >$READY) & ",
                kUntilReady, "kill -HUP $!; sleep .1; kill -TERM $!; wait $!"));
  CHECK(outcome.code == 75);
}

// Sanitizers reserve more than such a limit leaves, and end a program
// for which they cannot start a thread.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("threads that the system does not start are done without") {
  const Outcome outcome =
      Shell("ulimit -v 400000; OMP_NUM_THREADS=5000 $TOY a -o b");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.starts_with("mtl-toy: threads "));
  const Outcome flag = Shell("ulimit -v 400000; $TOY a -o b --threads 1024");
  CHECK(flag.code == 0);
  CHECK(flag.err.find("the system starts no more") != std::string::npos);
  CHECK(Shell("MTLKIT_THREADS=5000 $TOY a -o b").code == 2);
}
#endif

TEST_CASE(
    "help begins with a sentence and an example; all of it names the codes") {
  const Outcome outcome = Shell("$TOY --help");
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  CHECK(outcome.out.rfind("Reads nothing and says so.\n\n"
                          "  mtl-toy data.h5 -o out.h5\n\n"
                          "Usage: mtl-toy DATA -o OUT [flags]\n",
                          0) == 0);
  CHECK(outcome.out.find("Exit codes") == std::string::npos);
  CHECK(outcome.out.find("\nEvery tool: --seed N, ") != std::string::npos);
  const Outcome all = Shell("$TOY --help-all");
  CHECK(all.code == 0);
  CHECK(all.out.find("\nEvery tool:\n  --seed N ") != std::string::npos);
  CHECK(all.out.find("\nExit codes:\n  0                       done\n") !=
        std::string::npos);
}

TEST_CASE("variables that say no number of threads are told") {
  const Outcome told = Shell("OMP_NUM_THREADS=abc $TOY a -o b");
  CHECK(told.code == 0);
  CHECK(told.err.find("warning: OMP_NUM_THREADS is 'abc'") !=
        std::string::npos);
  CHECK(Shell("OMP_NUM_THREADS=abc $TOY a -o b --threads 1").err.find("OMP") ==
        std::string::npos);
  CHECK(Shell("OMP_NUM_THREADS=2,1 $TOY a -o b").err.find("OMP") ==
        std::string::npos);
}

TEST_CASE("the version is one line that begins with tool and version") {
  const Outcome outcome = Shell("$TOY --version");
  CHECK(outcome.code == 0);
  // Which processor this is, is for the tests of the kernels.
  CHECK(std::regex_match(
      outcome.out,
      std::regex(
          R"(mtl-toy \d+\.\d+\.\d+ \(commit \w+, HDF5 [\d.]+, \w+\)\n)")));
  CHECK(Shell("MTLKIT_ISA=BASE $TOY --version").out.find(", BASE)\n") !=
        std::string::npos);
  CHECK(Shell("MTLKIT_ISA=none $TOY --version").code == 2);
}

}  // namespace
}  // namespace mtlkit
