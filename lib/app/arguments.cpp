#include "app/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr int kManyValues = 1 << 28;

CLI::Option* AddFlag(CLI::App& parser, const FlagSyntax& flag) {
  std::string names = "--" + flag.name;
  if (!flag.short_name.empty()) names += ",-" + flag.short_name;
  if (flag.values == 0) return parser.add_flag(names);
  CLI::Option* option = parser.add_option(names, CLI::callback_t());
  option->type_size(flag.values);
  option->expected(1, kManyValues)->allow_extra_args(false);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return option;
}

// CLI11 reads "--name=" as a flag whose value is the next argument; the user
// means the empty text. It wants the arguments in reverse order.
std::vector<std::string> Reversed(std::span<const std::string> arguments) {
  std::vector<std::string> reversed;
  bool flags_may_come = true;
  for (const std::string& argument : arguments) {
    const bool is_long = argument.rfind("--", 0) == 0;
    if (argument == "--") flags_may_come = false;
    if (flags_may_come && is_long && argument.size() > 3 &&
        argument.find('=') == argument.size() - 1) {
      reversed.push_back(argument.substr(0, argument.size() - 1));
      reversed.emplace_back();
    } else {
      reversed.push_back(argument);
    }
  }
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

[[noreturn]] void FailForValue(std::span<const FlagSyntax> flags,
                               std::span<const std::string> arguments) {
  // The flag that runs out of arguments is the last one that takes values.
  for (std::size_t i = arguments.size(); i-- > 0;) {
    for (const FlagSyntax& flag : flags) {
      const bool is_this =
          arguments[i] == "--" + flag.name ||
          (!flag.short_name.empty() && arguments[i] == "-" + flag.short_name);
      if (!is_this || flag.values == 0) continue;
      Fail(ErrorKind::kUsage,
           flag.values == 1
               ? Str(arguments[i], " needs a value")
               : Str(arguments[i], " needs ", flag.values, " values"),
           flag.allowed);
    }
  }
  Fail(ErrorKind::kUsage, "a flag lacks its value");
}

const FlagSyntax* FindFlag(std::span<const FlagSyntax> flags,
                           std::string_view argument) {
  const std::string_view name = argument.substr(0, argument.find('='));
  for (const FlagSyntax& flag : flags) {
    if (name == "--" + flag.name ||
        (!flag.short_name.empty() && argument == "-" + flag.short_name)) {
      return &flag;
    }
  }
  return nullptr;
}

// A flag where the value of another is due: that value was forgotten.
void RefuseFlagsAsValues(std::span<const FlagSyntax> flags,
                         std::span<const std::string> arguments) {
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const FlagSyntax* flag = FindFlag(flags, arguments[i]);
    if (flag == nullptr) continue;
    const bool has_one = arguments[i].find('=') != std::string::npos;
    const std::size_t last =
        i + static_cast<std::size_t>(std::max(flag->values - int{has_one}, 0));
    for (std::size_t k = i + 1; k <= last && k < arguments.size(); ++k) {
      if (FindFlag(flags, arguments[k]) == nullptr) continue;
      Fail(ErrorKind::kUsage,
           Str(arguments[i], flag->values == 1 ? " needs a value" : " needs ",
               flag->values == 1 ? "" : Str(flag->values, " values"), ", but ",
               arguments[k], " follows"),
           flag->values == 1
               ? Str("write ", arguments[i], "=VALUE if this is the value")
               : "");
    }
    i = last;
  }
}

// Operands and unknown flags, in the order in which they were given.
void SortRest(const std::vector<std::string>& rest, Arguments* sorted) {
  bool flags_may_come = true;
  for (const std::string& argument : rest) {
    if (flags_may_come && argument == "--") {
      flags_may_come = false;
    } else if (flags_may_come && argument.size() > 1 && argument[0] == '-') {
      sorted->unknown.push_back(argument);
    } else {
      sorted->operands.push_back(argument);
    }
  }
}

}  // namespace

Arguments SplitArguments(std::span<const std::string> arguments,
                         std::span<const FlagSyntax> flags) {
  RefuseFlagsAsValues(flags, arguments);
  CLI::App parser;
  parser.set_help_flag();
  parser.allow_extras();
  std::vector<CLI::Option*> options;
  for (const FlagSyntax& flag : flags) {
    options.push_back(AddFlag(parser, flag));
  }
  try {
    parser.parse(Reversed(arguments));
  } catch (const CLI::ArgumentMismatch&) {
    FailForValue(flags, arguments);
  } catch (const CLI::Error& error) {
    Fail(ErrorKind::kUsage, error.what());
  }

  Arguments sorted;
  for (const CLI::Option* option : options) {
    sorted.values.push_back(option->results());
    sorted.counts.push_back(option->count());
  }
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags[i].values > 1) {
      sorted.counts[i] /= static_cast<std::size_t>(flags[i].values);
    }
  }
  SortRest(parser.remaining(), &sorted);
  return sorted;
}

}  // namespace mtlkit
