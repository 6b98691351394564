#include "train/protocol.h"

namespace mtlkit {
namespace {

// Every peer learns from its labels alone.
class Solo : public Protocol {};

}  // namespace

extern const ProtocolEntry kSolo;
const ProtocolEntry kSolo = {
    MakeEntry<Solo>("solo", "every network learns alone"), 1};

}  // namespace mtlkit
