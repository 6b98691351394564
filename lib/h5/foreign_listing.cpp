#include "h5/foreign_listing.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/error.h"

namespace mtlkit::internal {
namespace {

class Packer {
 public:
  template <class T>
  void Number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void Text(std::string_view text) {
    Number(std::uint64_t{text.size()});
    bytes_ += text;
  }
  void Sizes(const Shape& shape) {
    Number(std::uint64_t{shape.size()});
    for (const Index size : shape) Number(size);
  }
  std::string Finish() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : left_(bytes) {}

  template <class T>
  T Number() {
    T value{};
    std::memcpy(&value, Bytes(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string Text() { return std::string(Bytes(Number<std::uint64_t>())); }
  // Of things that take at least `least` bytes each.
  std::uint64_t Count(std::uint64_t least) {
    const auto count = Number<std::uint64_t>();
    Check(count <= left_.size() / least);
    return count;
  }
  Shape Sizes() {
    Shape shape;
    Index elements = 1;  // of at most 8 bytes
    for (auto count = Count(sizeof(Index)); count > 0; --count) {
      shape.push_back(Number<Index>());
      Check(shape.back() >= 0 &&
            !__builtin_mul_overflow(elements, std::max<Index>(shape.back(), 1),
                                    &elements) &&
            elements < Index{1} << 59);
    }
    return shape;
  }
  void Finish() const { Check(left_.empty()); }

  static void Check(bool holds) {
    Require(holds, ErrorKind::kBadInput,
            "the file is refused: what HDF5 makes of it has no sense");
  }

 private:
  std::string_view Bytes(std::uint64_t count) {
    Check(count <= left_.size());
    const std::string_view bytes = left_.substr(0, count);
    left_.remove_prefix(count);
    return bytes;
  }

  std::string_view left_;
};

void PackAttribute(const ForeignAttribute& attribute, Packer* out) {
  out->Number(static_cast<std::uint8_t>(attribute.is_text));
  out->Sizes(attribute.shape);
  out->Number(std::uint64_t{attribute.numbers.size()});
  for (const double number : attribute.numbers) out->Number(number);
  out->Number(std::uint64_t{attribute.texts.size()});
  for (const std::string& text : attribute.texts) out->Text(text);
}

ForeignAttribute UnpackAttribute(Unpacker* in) {
  ForeignAttribute attribute;
  attribute.is_text = in->Number<std::uint8_t>() != 0;
  attribute.shape = in->Sizes();
  for (auto count = in->Count(sizeof(double)); count > 0; --count) {
    attribute.numbers.push_back(in->Number<double>());
  }
  for (auto count = in->Count(sizeof(std::uint64_t)); count > 0; --count) {
    attribute.texts.push_back(in->Text());
  }
  return attribute;
}

ForeignObject UnpackObject(Unpacker* in) {
  ForeignObject object;
  const auto kind = in->Number<std::uint8_t>();
  Unpacker::Check(kind <=
                  static_cast<std::uint8_t>(ForeignObject::Kind::kUnread));
  object.kind = static_cast<ForeignObject::Kind>(kind);
  const auto type = in->Number<std::uint8_t>();
  Unpacker::Check(type <= static_cast<std::uint8_t>(ElementType::kF64));
  object.type = static_cast<ElementType>(type);
  object.shape = in->Sizes();
  object.why_unread = in->Text();
  for (auto count = in->Count(sizeof(std::uint64_t)); count > 0; --count) {
    std::string name = in->Text();
    object.attributes[std::move(name)] = UnpackAttribute(in);
  }
  return object;
}

}  // namespace

std::string PackObjects(const ForeignObjects& objects) {
  Packer out;
  out.Number(std::uint64_t{objects.size()});
  for (const auto& [path, object] : objects) {
    out.Text(path);
    out.Number(static_cast<std::uint8_t>(object.kind));
    out.Number(static_cast<std::uint8_t>(object.type));
    out.Sizes(object.shape);
    out.Text(object.why_unread);
    out.Number(std::uint64_t{object.attributes.size()});
    for (const auto& [name, attribute] : object.attributes) {
      out.Text(name);
      PackAttribute(attribute, &out);
    }
  }
  return out.Finish();
}

ForeignObjects UnpackObjects(std::string_view bytes) {
  Unpacker in(bytes);
  ForeignObjects objects;
  for (auto count = in.Count(sizeof(std::uint64_t)); count > 0; --count) {
    std::string path = in.Text();
    objects[std::move(path)] = UnpackObject(&in);
  }
  in.Finish();
  return objects;
}

std::string PackTexts(const std::vector<std::string>& texts) {
  Packer out;
  out.Number(std::uint64_t{texts.size()});
  for (const std::string& text : texts) out.Text(text);
  return out.Finish();
}

std::vector<std::string> UnpackTexts(std::string_view bytes) {
  Unpacker in(bytes);
  std::vector<std::string> texts;
  for (auto count = in.Count(sizeof(std::uint64_t)); count > 0; --count) {
    texts.push_back(in.Text());
  }
  in.Finish();
  return texts;
}

}  // namespace mtlkit::internal
