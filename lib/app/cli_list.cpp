// `--list KIND`.
#include <algorithm>
#include <utility>

#include "app/cli.h"
#include "app/cli_state.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Adds the list of a command; those of one kind stand below each other.
void AddListOf(const CliState& command, const CliList& list,
               std::vector<CliList>* lists) {
  const auto text = [&command, &list] {
    return Str(command.command, ": ", list.help, "\n\n", list.text());
  };
  const auto same = std::ranges::find_if(*lists, [&list](const CliList& known) {
    return known.kind == list.kind;
  });
  if (same == lists->end()) {
    lists->push_back({list.kind, list.help, text});
    return;
  }
  same->text = [before = std::move(same->text), text] {
    return before() + "\n" + text();
  };
}

// A tool of commands lists what each of them does, under what it is.
void GatherLists(CliState& state) {
  for (const CliCommand& command : state.commands) {
    const CliState& of_command = command.cli->state();
    for (const CliList& list : of_command.lists) {
      AddListOf(of_command, list, &state.lists);
    }
  }
}

}  // namespace

void AddListFlag(CliState& state) {
  const bool is_there =
      std::any_of(state.common_flags.begin(), state.common_flags.end(),
                  [](const Flag& flag) { return flag.name == "list"; });
  if (is_there) return;
  GatherLists(state);
  if (state.lists.empty()) return;
  Flag flag;
  flag.name = "list";
  flag.help = "print what there is of a kind, with its options";
  std::vector<std::string> kinds;
  for (const CliList& list : state.lists) kinds.push_back(list.kind);
  flag.allowed = "one of " + Join(kinds, ", ");
  flag.section = "Lists";
  flag.value_names = {"KIND"};
  flag.in_environment = false;
  flag.set = [&state](std::string_view,
                      const std::vector<std::string>& values) {
    state.wanted_list = values.back();
  };
  state.common_flags.push_back(std::move(flag));
}

std::string ListOf(const CliState& state) {
  std::vector<std::string> kinds;
  for (const CliList& list : state.lists) {
    if (list.kind == state.wanted_list) return list.text();
    kinds.push_back(list.kind);
  }
  const std::string nearest = Nearest(state.wanted_list, kinds);
  Fail(ErrorKind::kUsage,
       Str("--list is '", state.wanted_list, "' but must be one of ",
           Join(kinds, ", ")),
       nearest.empty() ? "" : Str("did you mean '", nearest, "'?"));
}

}  // namespace mtlkit
