#include "base/choice.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

struct NoOptions {
  void Describe(Fields&) {}
};

// Every peer learns from its labels alone.
class Solo : public Protocol {};

}  // namespace

extern const ProtocolEntry kSolo;
const ProtocolEntry kSolo = {
    "solo", "every network learns alone", 1,
    [](Fields& fields) { NoOptions().Describe(fields); },
    [](const Choice& choice,
       const std::string& where) -> std::unique_ptr<Protocol> {
      NoOptions options;
      ReadOptions(choice, where, &options);
      return std::make_unique<Solo>();
    }};

}  // namespace mtlkit
