#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/choice.h"
#include "base/error.h"
#include "base/options.h"

namespace mtlkit {

// A registry is an explicit list of entries, one line each in a `.def` file:
//
//   // losses.def
//   MTLKIT_ENTRY(kSquaredLoss)
//
// expanded once by base/registry_list.inc into `extern const LossEntry
// kSquaredLoss;` and into an array of pointers. An entry has at least `name`
// and `help`. There are no self-registering statics: linkers drop them from
// static libraries.

// An entry of which things can be made on demand: from the options of a
// Choice, and whatever else a registry has to give.
template <class Product, class... Args>
struct RegistryEntry {
  std::string_view name;
  std::string_view help;
  // Visits the options at their defaults: for help and docs.
  void (*describe)(Fields& fields);
  // Throws kUsage with `where` (the flag) in front where an option is unknown
  // or its value does not fit.
  Product (*make)(const Choice& choice, const std::string& where, Args... args);
};

// The options of an entry that has none.
struct NoOptions {
  void Describe(Fields&) {}
};

template <class Options>
void DescribeDefaults(Fields& fields) {
  Options options;
  options.Describe(fields);
}

// What MakeEntry returns: becomes the entry that it is assigned to.
template <class Class, class Options>
struct ClassEntry {
  std::string_view name;
  std::string_view help;

  template <class Base, class... Args>
  constexpr operator RegistryEntry<std::unique_ptr<Base>, Args...>() const {
    return {name, help, DescribeDefaults<Options>, Make<Base, Args...>};
  }

 private:
  template <class Base, class... Args>
  static std::unique_ptr<Base> Make(const Choice& choice,
                                    const std::string& where, Args... args) {
    Options options;
    ReadOptions(choice, where, &options);
    return InContext(
        Str(where, ": ", choice.name), [&]() -> std::unique_ptr<Base> {
          using std::is_constructible_v;
          if constexpr (is_constructible_v<Class, Args..., const Options&>) {
            return std::make_unique<Class>(args..., options);
          } else if constexpr (is_constructible_v<Class, const Options&>) {
            return std::make_unique<Class>(options);
          } else if constexpr (is_constructible_v<Class, Args...>) {
            return std::make_unique<Class>(args...);
          } else {
            return std::make_unique<Class>();
          }
        });
  }
};

template <auto kMake, class Options>
struct FunctionEntry {
  std::string_view name;
  std::string_view help;

  template <class Product, class... Args>
  constexpr operator RegistryEntry<Product, Args...>() const {
    return {name, help, DescribeDefaults<Options>, Make<Product, Args...>};
  }

 private:
  template <class Product, class... Args>
  static Product Make(const Choice& choice, const std::string& where,
                      Args... args) {
    Options options;
    ReadOptions(choice, where, &options);
    if constexpr (std::is_invocable_v<decltype(kMake), Args...,
                                      const Options&>) {
      return kMake(args..., options);
    } else {
      return kMake(args...);
    }
  }
};

// The entry of a class with a constructor from (what the registry gives...,
// options), from either of them, or from nothing.
//
//   extern const LossEntry kHuberLoss;
//   const LossEntry kHuberLoss = {
//       MakeEntry<HuberLoss, HuberOptions>("huber", "squared near 0, ..."),
//       kHuberTypes};
template <class Class, class Options = NoOptions>
constexpr ClassEntry<Class, Options> MakeEntry(std::string_view name,
                                               std::string_view help) {
  return {name, help};
}

// The entry of a function of (what the registry gives..., options), or without
// options.
template <auto kMake, class Options = NoOptions>
constexpr FunctionEntry<kMake, Options> MakeEntry(std::string_view name,
                                                  std::string_view help) {
  return {name, help};
}

// The entry called `name`; otherwise an error that lists all names and the
// nearest one. `what` is the kind of thing ("loss").
template <class Entry>
const Entry& FindEntry(std::span<const Entry* const> entries,
                       std::string_view what, std::string_view name) {
  std::vector<std::string> names;
  for (const Entry* entry : entries) {
    if (entry->name == name) return *entry;
    names.emplace_back(entry->name);
  }
  std::string list;
  for (const std::string& known : names) {
    list += (list.empty() ? "" : ", ") + known;
  }
  const std::string nearest = Nearest(name, names);
  Fail(ErrorKind::kUsage,
       Str("there is no ", what, " '", name, "'",
           nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
       Str("known: ", list));
}

// Makes what `choice` names, of a registry of RegistryEntry's.
template <class Entry, class... Args>
auto MakeChosen(std::span<const Entry* const> entries, std::string_view what,
                const Choice& choice, const std::string& where,
                const Args&... args) {
  const Entry* entry =
      InContext(where, [&] { return &FindEntry(entries, what, choice.name); });
  return entry->make(choice, where, args...);
}

}  // namespace mtlkit
