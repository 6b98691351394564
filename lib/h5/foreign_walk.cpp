#include "h5/foreign_walk.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/error.h"
#include "h5/foreign_values.h"
#include "h5/structure.h"

namespace mtlkit::internal {
namespace {

constexpr Index kMostForeignDepth = 64;
constexpr Index kMostForeignObjects = Index{1} << 18;

class ForeignWalk {
 public:
  void Visit(hid_t id, const std::string& path, Index depth) {
    Require(depth <= kMostForeignDepth, ErrorKind::kBadInput,
            "the file is refused: its groups are nested without an end");
    H5O_info_t info{};
    if (H5Oget_info2(id, &info, H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS) < 0) {
      FailForeign(path, "examine it");
    }
    ForeignObject object;
    if (info.type == H5O_TYPE_DATASET) {
      object = InspectForeignArray(id, path);
    } else if (info.type != H5O_TYPE_GROUP) {
      object.kind = ForeignObject::Kind::kUnread;
      object.why_unread = "is neither a group nor an array";
    } else if (!groups_.insert(info.addr).second) {
      object.kind = ForeignObject::Kind::kUnread;
      object.why_unread = "is a group that stands in another place, too";
    }
    ReadAttributes(id, static_cast<Index>(info.num_attrs), path, &object);
    const bool is_group = object.kind == ForeignObject::Kind::kGroup;
    Add(path, std::move(object));
    if (is_group) VisitMembers(id, path, depth);
  }

  ForeignObjects Finish() { return std::move(objects_); }

 private:
  using Links = std::vector<std::pair<std::string, H5L_type_t>>;

  void Add(const std::string& path, ForeignObject object) {
    Require(std::ssize(objects_) < kMostForeignObjects, ErrorKind::kBadInput,
            "the file is refused: it has more objects than any sensible file");
    Require(objects_.emplace(path, std::move(object)).second,
            ErrorKind::kBadInput, Str("'/", path, "' is in the file twice"));
  }

  static void ReadAttributes(hid_t id, Index count, const std::string& path,
                             ForeignObject* object) {
    for (Index i = 0; i < std::min(count, kMostForeignObjects); ++i) {
      const Handle attribute(
          H5Aopen_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC,
                         static_cast<hsize_t>(i), H5P_DEFAULT, H5P_DEFAULT),
          H5Aclose);
      if (!attribute.valid()) FailForeign(path, "open an attribute");
      std::array<char, 1024> name{};
      if (H5Aget_name(attribute.id(), name.size(), name.data()) < 0) {
        FailForeign(path, "name an attribute");
      }
      auto value = ReadForeignAttribute(attribute.id(), path);
      if (value) object->attributes[name.data()] = std::move(*value);
    }
  }

  static herr_t AddLink(hid_t /*group*/, const char* name,
                        const H5L_info_t* info, void* data) {
    auto* links = static_cast<Links*>(data);
    links->emplace_back(name, info->type);
    return std::ssize(*links) <= kMostForeignObjects ? 0 : -1;
  }

  void VisitMembers(hid_t group, const std::string& path, Index depth) {
    Links links;
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, AddLink,
                   &links) < 0) {
      FailForeign(path, "list its members");
    }
    for (const auto& [name, type] : links) {
      const std::string member = path.empty() ? name : Str(path, "/", name);
      if (type != H5L_TYPE_HARD) {
        AddLinked(member, type);
        continue;
      }
      const Handle id(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
      if (!id.valid()) FailForeign(member, "open it");
      Visit(id.id(), member, depth + 1);
    }
  }

  // Where it leads is not looked at.
  void AddLinked(const std::string& path, H5L_type_t type) {
    ForeignObject object{.kind = ForeignObject::Kind::kUnread};
    object.why_unread = type == H5L_TYPE_SOFT
                            ? "is a soft link, which is not followed"
                            : "is a link to another file";
    Add(path, std::move(object));
  }

  std::set<haddr_t> groups_;
  ForeignObjects objects_;
};

// A dataset with rows of it selected.
struct Selection {
  Handle dataset;
  Handle file_space;
  Handle memory_space;
};

Selection Select(hid_t file, const ForeignRows& rows,
                 const ForeignObject& object) {
  Selection result;
  result.dataset =
      Handle(H5Dopen2(file, rows.path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!result.dataset.valid()) FailForeign(rows.path, "open it");
  result.file_space = Handle(H5Dget_space(result.dataset.id()), H5Sclose);
  if (object.shape.empty()) {
    result.memory_space = Handle(H5Screate(H5S_SCALAR), H5Sclose);
    return result;
  }
  std::vector<hsize_t> first(object.shape.size(), 0);
  std::vector<hsize_t> count(object.shape.begin(), object.shape.end());
  first[0] = static_cast<hsize_t>(rows.first);
  count[0] = static_cast<hsize_t>(rows.count);
  result.memory_space = Handle(
      H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
      H5Sclose);
  if (!result.memory_space.valid() ||
      H5Sselect_hyperslab(result.file_space.id(), H5S_SELECT_SET, first.data(),
                          nullptr, count.data(), nullptr) < 0) {
    FailForeign(rows.path, "find its rows");
  }
  return result;
}

Index ElementsOf(const ForeignRows& rows, const ForeignObject& object) {
  if (object.shape.empty()) return rows.count;
  Shape shape = object.shape;
  shape[0] = rows.count;
  return ElementCount(shape);
}

}  // namespace

Handle OpenForeign(Channel* channel) {
  const Handle access = AccessThrough(channel);
  H5Pset_libver_bounds(access.id(), H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
  Handle file(H5Fopen("foreign", H5F_ACC_RDONLY, access.id()), H5Fclose);
  if (!file.valid()) {
    RequireMemory();
    const std::string reason = Hdf5Reason();
    Require(!reason.starts_with("truncated file"), ErrorKind::kBadInput,
            Str("truncated HDF5 file: it has ", channel->end,
                " bytes, and was longer"),
            "copy or write it again");
    Fail(ErrorKind::kBadInput, Str("HDF5 cannot open it: ", reason),
         "restore it from a copy");
  }
  return file;
}

ForeignObjects WalkForeign(hid_t file) {
  ForeignWalk walk;
  const Handle root(H5Oopen(file, "/", H5P_DEFAULT), H5Oclose);
  if (!root.valid()) FailForeign("", "open it");
  walk.Visit(root.id(), "", 0);
  return walk.Finish();
}

void ReadForeignNumbers(hid_t file, const ForeignRows& rows,
                        const ForeignObject& object, void* values) {
  if (ElementsOf(rows, object) == 0) return;
  const Selection selection = Select(file, rows, object);
  if (H5Dread(selection.dataset.id(), FileTypeOf(object.type),
              selection.memory_space.id(), selection.file_space.id(),
              H5P_DEFAULT, values) < 0) {
    FailForeign(rows.path, "read it");
  }
}

std::vector<std::string> ReadForeignTexts(hid_t file, const ForeignRows& rows,
                                          const ForeignObject& object) {
  const Index count = ElementsOf(rows, object);
  if (count == 0) return {};
  const Selection selection = Select(file, rows, object);
  return ReadTextsOf(selection.dataset.id(), selection.memory_space.id(),
                     selection.file_space.id(), count, rows.path);
}

}  // namespace mtlkit::internal
