#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "base/text_part.h"

namespace mtlkit {

// Why something failed, by who can fix it. The value is the exit code of the
// tool that reports it (docs/reference/exit-codes.md).
enum class ErrorKind {
  kNo = 1,             // it ran, and the answer is "no"
  kUsage = 2,          // the command line or a setting is wrong
  kBadInput = 65,      // a file or stream holds what it should not
  kMissingInput = 66,  // an input is not there or cannot be read
  kUnavailable = 69,   // this build or machine lacks the feature
  kBug = 70,           // a mistake of ours
  kCannotCreate = 73,  // the output cannot be created
  kIo = 74,            // the disk is full, a device failed, memory ran out
  kStopped = 75,       // stopped early, state saved: run again to go on
};

// The only exception that the library throws. `message` says what is wrong
// and where in one sentence without a capital; `hint` says what to do about
// it, and may be empty.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string hint = {});

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  int exit_code() const { return static_cast<int>(kind_); }

  // Puts "where: " in front of the message, while unwinding, so that low
  // levels need not know which file or task they work on.
  void AddContext(std::string_view where);

  // "message (hint)".
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  void Render();

  ErrorKind kind_;
  std::string message_;
  std::string hint_;
  std::string what_;
};

[[noreturn]] void Fail(ErrorKind kind, std::string message,
                       std::string hint = {});

// Throws unless `holds`. For what a user can get wrong; a programmer's
// mistake is an assert. The text is evaluated always: where that costs, write
// `if (!holds) Fail(...)`.
void Require(bool holds, ErrorKind kind, std::string_view message,
             std::string_view hint = {});

// Runs `work`, and puts `where` in front of the message of an Error it throws.
template <class Work>
auto InContext(std::string_view where, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (Error& error) {
    error.AddContext(where);
    throw;
  }
}

}  // namespace mtlkit
