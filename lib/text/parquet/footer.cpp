#include "text/parquet/footer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "text/parquet/schema_tree.h"
#include "text/parquet/thrift_reader.h"

// Field numbers are those of parquet.thrift in apache/parquet-format 2.12.

namespace mtlkit {
namespace {

constexpr std::string_view kFooterName = "its footer";

[[noreturn]] void FailFooter(const std::string& why) {
  Fail(ErrorKind::kBadInput, Str(kFooterName, " is damaged: ", why),
       "copy or download the file again");
}

class FooterReader {
 public:
  FooterReader(std::string_view bytes, Index pages_end, Index most_columns,
               PageMemory* memory)
      : thrift_(bytes, kFooterName),
        pages_end_(pages_end),
        most_columns_(most_columns),
        memory_(memory) {}

  ParquetFooter Read() {
    thrift_.Struct([&](const ThriftField& field) { return Take(field); });
    FieldsOfTree(tree_, &footer_.fields);
    Require(!footer_.fields.empty(), ErrorKind::kBadInput, "it has no columns");
    CheckGroups();
    MarkIndex();
    return std::move(footer_);
  }

 private:
  bool Take(const ThriftField& field) {
    switch (field.id) {
      case 2:
        thrift_.List(field, ThriftType::kStruct, [&] {
          if (std::ssize(tree_) > most_columns_) FailTooWide();
          tree_.push_back(ReadSchemaElement(&thrift_));
        });
        return true;
      case 3:
        footer_.rows = thrift_.Integer(field);
        return true;
      case 4:
        thrift_.List(field, ThriftType::kStruct, [&] { TakeGroup(); });
        return true;
      case 5:
        thrift_.List(field, ThriftType::kStruct, [&] { TakeKeyValue(); });
        return true;
      case 8:
        Fail(ErrorKind::kBadInput, "it is encrypted",
             "write it without encryption");
      default:
        return false;
    }
  }

  [[noreturn]] void FailTooWide() const {
    Fail(ErrorKind::kBadInput,
         Str("more than ", Counted(most_columns_, "column", "columns"),
             ", which a table of --max-size may not have"),
         "raise --max-size");
  }

  void TakeGroup() {
    memory_->Take(sizeof(RowGroup), "a footer");
    RowGroup& group = footer_.groups.emplace_back();
    thrift_.Struct([&](const ThriftField& field) {
      if (field.id == 1) {
        thrift_.List(field, ThriftType::kStruct, [&] { TakeChunk(&group); });
      } else if (field.id == 3) {
        group.rows = thrift_.Integer(field);
      } else {
        return false;
      }
      return true;
    });
  }

  void TakeChunk(RowGroup* group) {
    memory_->Take(2 * sizeof(ColumnChunk), "a footer");
    ColumnChunk& chunk = group->chunks.emplace_back();
    bool has_pages = false;
    thrift_.Struct([&](const ThriftField& field) {
      switch (field.id) {
        case 1:
          Fail(ErrorKind::kBadInput,
               Str("its values are in another file, '",
                   VisibleText(thrift_.Binary(field).substr(0, 200)), "'"),
               "give the files of the rows, not the one that lists them");
        case 3:
          TakePages(field, &chunk);
          has_pages = true;
          return true;
        case 8:
        case 9:
          Fail(ErrorKind::kBadInput, "a column is encrypted",
               "write it without encryption");
        default:
          return false;
      }
    });
    if (!has_pages) FailFooter("a column has no pages");
  }

  void TakePages(const ThriftField& pages, ColumnChunk* chunk) {
    thrift_.RequireStruct(pages);
    Index data = 0;
    Index dictionary = 0;
    thrift_.Struct([&](const ThriftField& field) {
      switch (field.id) {
        case 4:
          chunk->codec = static_cast<int>(
              std::clamp<std::int64_t>(thrift_.Integer(field), -1, 1000));
          return true;
        case 5:
          chunk->values = thrift_.Integer(field);
          return true;
        case 7:
          chunk->size = thrift_.Integer(field);
          return true;
        case 9:
          data = thrift_.Integer(field);
          return true;
        case 11:
          dictionary = thrift_.Integer(field);
          return true;
        default:
          return false;
      }
    });
    // Some writers set it to 0 where there is none.
    chunk->begin = dictionary > 0 ? std::min(dictionary, data) : data;
  }

  void TakeKeyValue() {
    std::string_view key;
    std::string_view value;
    thrift_.Struct([&](const ThriftField& field) {
      if (field.id == 1) {
        key = thrift_.Binary(field);
      } else if (field.id == 2) {
        value = thrift_.Binary(field);
      } else {
        return false;
      }
      return true;
    });
    if (key == "pandas") pandas_ = value;
  }

  void CheckGroups() const {
    Index leaves = 0;
    for (const ParquetField& field : footer_.fields) leaves += field.leaves;
    Index rows = 0;
    for (const RowGroup& group : footer_.groups) {
      if (std::ssize(group.chunks) != leaves) {
        FailFooter("a group of rows has other columns than the schema");
      }
      if (group.rows < 0 || group.rows > footer_.rows - rows) FailRows();
      rows += group.rows;
      for (const ColumnChunk& chunk : group.chunks) CheckChunk(chunk);
      Index leaf = 0;
      for (const ParquetField& field : footer_.fields) {
        if (!field.is_nested && group.chunks[At(leaf)].values != group.rows) {
          FailRows();
        }
        leaf += field.leaves;
      }
    }
    if (rows != footer_.rows) FailRows();
  }

  [[noreturn]] static void FailRows() {
    FailFooter("its numbers of rows do not agree");
  }

  void CheckChunk(const ColumnChunk& chunk) const {
    constexpr Index kSignature = 4;
    if (chunk.values == 0) return;  // it may lie anywhere: nobody goes there
    if (chunk.begin < kSignature || chunk.size < 0 ||
        chunk.begin > pages_end_ || chunk.size > pages_end_ - chunk.begin) {
      FailFooter("a column lies outside of the file");
    }
  }

  // pandas names the columns that were the index of rows; one without a name
  // is called __index_level_0__ and so on.
  void MarkIndex() {
    if (pandas_.empty()) return;
    HeldMemory held(memory_);
    constexpr Index kJsonBytes = 32;  // in memory, of a byte of text
    held.Take(kJsonBytes * std::ssize(pandas_), "what pandas says");
    const Json pandas = Json::parse(pandas_, nullptr, false);
    if (!pandas.is_object()) return;
    const auto index = pandas.find("index_columns");
    if (index == pandas.end() || !index->is_array()) return;
    for (const Json& column : *index) {
      if (!column.is_string()) continue;
      const auto& name = column.get_ref<const std::string&>();
      for (ParquetField& field : footer_.fields) {
        if (field.name == name && name.starts_with("__index_level_")) {
          field.is_nameless_index = true;
        }
      }
    }
  }

  ThriftReader thrift_;
  Index pages_end_;
  Index most_columns_;
  PageMemory* memory_;
  std::vector<SchemaElement> tree_;
  std::string_view pandas_;
  ParquetFooter footer_;
};

}  // namespace

ParquetFooter ReadParquetFooter(std::string_view bytes, Index pages_end,
                                Index most_columns, PageMemory* memory) {
  return FooterReader(bytes, pages_end, most_columns, memory).Read();
}

}  // namespace mtlkit
