#include "interop/pickle.h"

#include <bit>
#include <cstdint>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "interop/byte_reader.h"

namespace mtlkit {
namespace {

using Kind = PickleValue::Kind;

// Opcodes by the names of pickletools.
enum Opcode : char {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kBinFloat = 'G',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersId = 'Q',
  kReduce = 'R',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kAppends = 'e',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kList = 'l',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kSetItems = 'u',
  kEmptyTuple = ')',
  kEmptyList = ']',
  kEmptyDict = '}',
  kProto = '\x80',
  kNewObj = '\x81',
  kTuple1 = '\x85',
  kTuple2 = '\x86',
  kTuple3 = '\x87',
  kNewTrue = '\x88',
  kNewFalse = '\x89',
  kLong1 = '\x8a',
  kShortBinUnicode = '\x8c',
  kStackGlobal = '\x93',
  kMemoize = '\x94',
  kFrame = '\x95',
  kShortBinBytes = 'C',
  kBinBytes = 'B',
};

PickleValue Integer(Index value, Kind kind = Kind::kInteger) {
  return {.kind = kind, .integer = value};
}
PickleValue Text(std::string_view text) {
  return {.kind = Kind::kText, .text = std::string(text)};
}
PickleValue Global(const std::string& module, const std::string& name) {
  return {.kind = Kind::kGlobal, .text = module + "." + name};
}

// The machine that a pickle is a program for, with a stack and a memo.
class Machine {
 public:
  Machine(std::string_view bytes, std::string_view what)
      : in_(bytes, what), what_(what) {}

  Pickle Run() {
    while (true) {
      const char code = in_.Number<char>();
      if (code == kStop) {
        pickle_.root = Pop();
        return std::move(pickle_);
      }
      if (!Numbers(code) && !Texts(code) && !Containers(code) && !Memo(code) &&
          !Objects(code)) {
        Fail(ErrorKind::kBadInput,
             Str(what_, " uses '", VisibleText(std::string(1, code)),
                 "', which no file of weights needs"),
             "save numbers by name: torch.save(model.state_dict(), ...)");
      }
    }
  }

 private:
  [[noreturn]] void FailDamaged() const {
    Fail(ErrorKind::kBadInput, Str(what_, " is damaged"),
         "copy or write the file again");
  }

  void Push(PickleValue value) {
    stack_.push_back(&pickle_.values.emplace_back(std::move(value)));
  }
  PickleValue* Pop() {
    // What lies below a mark is not to be reached past it.
    if (stack_.empty() || stack_.back() == nullptr) FailDamaged();
    PickleValue* value = stack_.back();
    stack_.pop_back();
    return value;
  }
  PickleValue& Top(Kind kind) {
    if (stack_.empty() || stack_.back() == nullptr ||
        stack_.back()->kind != kind) {
      FailDamaged();
    }
    return *stack_.back();
  }
  // What lies above the last mark, which goes.
  std::vector<const PickleValue*> PopToMark() {
    std::size_t mark = stack_.size();
    while (mark > 0 && stack_[mark - 1] != nullptr) --mark;
    if (mark == 0) FailDamaged();
    std::vector<const PickleValue*> items(
        stack_.begin() + static_cast<Index>(mark), stack_.end());
    stack_.resize(mark - 1);
    return items;
  }
  void PushTuple(std::size_t count) {
    PickleValue tuple{.kind = Kind::kList};
    tuple.items.resize(count);
    while (count > 0) tuple.items[--count] = Pop();
    Push(std::move(tuple));
  }
  void AddTo(Kind kind, const std::vector<const PickleValue*>& items) {
    // OrderedDict() is a call that items are put into.
    PickleValue& top = kind == Kind::kDict && !stack_.empty() &&
                               stack_.back() != nullptr &&
                               stack_.back()->kind == Kind::kCall
                           ? *stack_.back()
                           : Top(kind);
    if (kind == Kind::kDict && items.size() % 2 != 0) FailDamaged();
    top.items.insert(top.items.end(), items.begin(), items.end());
  }

  bool Numbers(char code) {
    switch (code) {
      case kNone:
        Push({});
        return true;
      case kNewTrue:
      case kNewFalse:
        Push(Integer(code == kNewTrue ? 1 : 0, Kind::kBool));
        return true;
      case kBinInt1:
        Push(Integer(in_.Number<std::uint8_t>()));
        return true;
      case kBinInt2:
        Push(Integer(in_.Number<std::uint16_t>()));
        return true;
      case kBinInt:
        Push(Integer(in_.Number<std::int32_t>()));
        return true;
      case kLong1:
        Push(Integer(LongInteger(in_.Bytes(in_.Number<std::uint8_t>()))));
        return true;
      case kBinFloat: {
        std::string digits(in_.Bytes(sizeof(double)));  // big-endian
        std::uint64_t bits = 0;
        for (const char c : digits) {
          bits = bits << 8 | static_cast<unsigned char>(c);
        }
        Push({.kind = Kind::kFloat, .number = std::bit_cast<double>(bits)});
        return true;
      }
      default:
        return false;
    }
  }

  // Little-endian two's complement of any length.
  Index LongInteger(std::string_view bytes) const {
    if (bytes.size() > sizeof(Index)) FailDamaged();
    std::uint64_t bits = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
      bits = bits << 8 | static_cast<unsigned char>(bytes[i]);
    }
    const auto unused = static_cast<int>(8 * (sizeof(Index) - bytes.size()));
    if (unused == 8 * static_cast<int>(sizeof(Index))) return 0;
    return static_cast<Index>(bits << unused) >> unused;
  }

  bool Texts(char code) {
    switch (code) {
      case kBinUnicode:
      case kBinBytes:
        Push(Text(in_.Bytes(in_.Number<std::uint32_t>())));
        return true;
      case kShortBinUnicode:
      case kShortBinBytes:
        Push(Text(in_.Bytes(in_.Number<std::uint8_t>())));
        return true;
      default:
        return false;
    }
  }

  bool Containers(char code) {
    switch (code) {
      case kMark:
        stack_.push_back(nullptr);
        return true;
      case kPop:
        Pop();
        return true;
      case kEmptyTuple:
      case kEmptyList:
        Push({.kind = Kind::kList});
        return true;
      case kEmptyDict:
        Push({.kind = Kind::kDict});
        return true;
      case kTuple:
      case kList:
        Push({.kind = Kind::kList, .items = PopToMark()});
        return true;
      case kTuple1:
      case kTuple2:
      case kTuple3:
        PushTuple(static_cast<std::size_t>(code - kTuple1) + 1);
        return true;
      case kAppend: {
        const PickleValue* item = Pop();
        AddTo(Kind::kList, {item});
        return true;
      }
      case kAppends:
        AddItems(Kind::kList);
        return true;
      case kSetItem: {
        const PickleValue* value = Pop();
        const PickleValue* key = Pop();
        AddTo(Kind::kDict, {key, value});
        return true;
      }
      case kSetItems:
        AddItems(Kind::kDict);
        return true;
      default:
        return false;
    }
  }
  void AddItems(Kind kind) {
    const std::vector<const PickleValue*> items = PopToMark();
    AddTo(kind, items);
  }

  bool Memo(char code) {
    switch (code) {
      case kBinPut:
        memo_[in_.Number<std::uint8_t>()] = TopForMemo();
        return true;
      case kLongBinPut:
        memo_[in_.Number<std::uint32_t>()] = TopForMemo();
        return true;
      case kMemoize:
        memo_[static_cast<std::uint32_t>(memo_.size())] = TopForMemo();
        return true;
      case kBinGet:
        stack_.push_back(FromMemo(in_.Number<std::uint8_t>()));
        return true;
      case kLongBinGet:
        stack_.push_back(FromMemo(in_.Number<std::uint32_t>()));
        return true;
      default:
        return false;
    }
  }
  PickleValue* TopForMemo() const {
    if (stack_.empty() || stack_.back() == nullptr) FailDamaged();
    return stack_.back();
  }
  PickleValue* FromMemo(std::uint32_t key) const {
    const auto found = memo_.find(key);
    if (found == memo_.end()) FailDamaged();
    return found->second;
  }

  bool Objects(char code) {
    switch (code) {
      case kProto:
        if (in_.Number<std::uint8_t>() > 5) FailDamaged();
        return true;
      case kFrame:
        in_.Number<std::uint64_t>();
        return true;
      case kGlobal: {
        const std::string module(in_.Until('\n'));
        Push(Global(module, std::string(in_.Until('\n'))));
        return true;
      }
      case kStackGlobal: {
        const PickleValue* name = Pop();
        const PickleValue* module = Pop();
        Push(Global(module->text, name->text));
        return true;
      }
      case kReduce:
      case kNewObj: {
        const PickleValue* arguments = Pop();
        const PickleValue* callable = Pop();
        Push({.kind = Kind::kCall, .items = {callable, arguments}});
        return true;
      }
      case kBuild:  // attributes of an object, such as a dictionary's metadata
        Pop();
        return true;
      case kBinPersId: {
        const PickleValue* id = Pop();
        Push({.kind = Kind::kReference, .items = {id}});
        return true;
      }
      default:
        return false;
    }
  }

  ByteReader in_;
  std::string_view what_;
  Pickle pickle_;
  std::vector<PickleValue*> stack_;  // null: a mark
  std::map<std::uint32_t, PickleValue*> memo_;
};

}  // namespace

Pickle ReadPickle(std::string_view bytes, std::string_view what) {
  return Machine(bytes, what).Run();
}

}  // namespace mtlkit
