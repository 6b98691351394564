// Lists, commands, help and the reference of a command line.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli.h"
#include "app/toy_cli.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

TEST_CASE("a list is printed without operands") {
  CHECK(Toy().Parse({"--list", "colors"}) == "red\nblue\n");
  CHECK(Toy().Parse({"--list", "colours"}) ==
        "--list is 'colours' but must be one of colors (did you mean "
        "'colors'?)");
}

struct ToyCommand {
  std::string folder;
  Index peer = 0;
  bool ran = false;
  void Register(Cli& cli) {
    cli.Operand("run", &folder, "run directory");
    cli.List("methods", "what helps", [] { return "mutual\n"; });
    cli.Section("Round")("peer", peer, "which peer", AtLeast(0));
  }
  void Run(Context&) { ran = true; }
};

TEST_CASE("the first operand may choose a command") {
  ToyCommand round;
  ToyCommand merge;
  Cli cli("mtl-toy", "Plays.", "mtl-toy round run/");
  cli.Command("round", "Plays a round.", "mtl-toy round run/", &round);
  cli.Command("merge", "Merges.", "mtl-toy merge run/", &merge);
  const auto parse = [&](std::vector<std::string> arguments) {
    try {
      return cli.Parse(arguments).value_or("");
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  CHECK(parse({}) == "a command is missing (one of round, merge)");
  CHECK(parse({"rond"}) ==
        "there is no command 'rond' (did you mean 'round'?)");
  CHECK(parse({"--help"})
            .find("\nCommands:\n  round                   Plays "
                  "a round.\n") != std::string::npos);
  CHECK(parse({"--list", "methods"}) ==
        "mtl-toy round: what helps\n\nmutual\n\n"
        "mtl-toy merge: what helps\n\nmutual\n");
  CHECK(parse({"--lst", "methods"}).starts_with("the command must come first"));
  CHECK(parse({"round", "--list", "methods"}) == "mutual\n");
  CHECK(parse({"round", "run/", "--peer", "1"}) == "");
  CHECK(round.folder == "run/");
  CHECK(round.peer == 1);
  CHECK(cli.command() == "mtl-toy round");
  CHECK(cli.program() == "mtl-toy");
  CHECK(cli.Settings().dump() == R"({"peer":1})");
}

TEST_CASE("help shows each flag with its bounds and its default") {
  const std::string help = Toy().Parse({"--help"});
  CHECK(help.find("\nNetwork:\n"
                  "  --layers N,...          widths of hidden layers (at least "
                  "1; default 128,64)\n") != std::string::npos);
  CHECK(help.find("  --no-bias ") != std::string::npos);
  CHECK(help.find("  -o, --output MODEL ") != std::string::npos);
  CHECK(help.find("help-markdown") == std::string::npos);
  std::size_t longest = 0;
  for (const std::string& line : Split(help, '\n')) {
    longest = std::max(longest, line.size());
  }
  CHECK(longest <= 80);
}

TEST_CASE("the reference is Markdown from the same definitions") {
  const std::string page = Toy().Parse({"--help-markdown"});
  CHECK(page.rfind("# mtl-toy\n\nPlays.\n\n```sh\nmtl-toy a -o b\n```\n", 0) ==
        0);
  CHECK(page.find("| `--layers N,...` | widths of hidden layers (may be "
                  "repeated) | at least 1 | `128,64` |\n") !=
        std::string::npos);
}

TEST_CASE("a registry is listed with the options of its entries") {
  struct Huber {
    double delta = 1;
    static void Describe(Fields& field) {
      Huber options;
      field("delta", options.delta, "where the tails begin", MoreThan(0));
    }
  };
  struct Quantile {
    std::vector<double> levels = {0.1, 0.5};
    static void Describe(Fields& field) {
      Quantile options;
      field("levels", options.levels, "which quantiles");
    }
  };
  const std::vector<ListItem> items = {
      {"squared", "the square of the error", nullptr},
      {"huber", "squared near zero", Huber::Describe},
      {"quantile", "the pinball", Quantile::Describe}};
  CHECK(ListText(items) ==
        "  squared               the square of the error\n"
        "  huber                 squared near zero\n"
        "      delta=1               where the tails begin (more than 0)\n"
        "  quantile              the pinball\n"
        "      levels=0.1/0.5        which quantiles\n");
}

}  // namespace
}  // namespace mtlkit
