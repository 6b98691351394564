#include "prep/prepare_options.h"

#include "prep/transform_entry.h"

namespace mtlkit {

void PrepareOptions::DescribeColumns(Fields& fields) {
  fields.Field(
      {"task",
       "a column to predict, by name or pattern; its type is inferred "
       "where it is not given; TIME=survival:event=COLUMN takes whether "
       "the event came, 1 or 0, from another",
       {},
       {},
       "COLUMN[=TYPE]"},
      task);
  fields.Field({.name = "classes",
                .help = "the classes of a task in order, from the lowest on; "
                        "numbers of an ordinal task are in order already",
                .value_name = "TASK=CLASS,...",
                .splits_commas = false},
               classes);
  fields.Field({"task-per",
                "makes one task of each value of this column, on the rows that "
                "have it",
                {},
                {},
                "COLUMN"},
               task_per);
  fields.Field({.name = "target-transform",
                .help = "what the labels of a regression become while they are "
                        "learned, undone in predictions: log, log1p, box-cox, "
                        "quantile, none; TASK may be a pattern, of which the "
                        "last that fits counts",
                .value_name = "TASK=NAME",
                .splits_commas = false},
               target_transform);
  fields.Field({"inputs",
                "the columns to predict from, by name or pattern; all that "
                "have no other use if not given",
                {},
                {},
                "COLUMN"},
               inputs);
  fields.Field(
      {"ignore", "columns to leave out, by name or pattern", {}, {}, "COLUMN"},
      ignore);
  fields.Field({"weight", "the weight of each row", {}, {}, "COLUMN"}, weight);
  fields.Field({.name = "label-weight",
                .help = "the weight of each label of a task, by which that of "
                        "its row is multiplied; TASK may be a pattern",
                .value_name = "TASK=COLUMN",
                .splits_commas = false},
               label_weight);
}

void PrepareOptions::DescribeRows(Fields& fields) {
  fields.Field({"rows",
                "takes only these rows: FIRST:END, split=NAME, COLUMN=VALUE, "
                "COLUMN>NUMBER",
                {},
                {},
                "EXPRESSION"},
               rows);
  fields.Field({"sample",
                "takes a number of rows, or a fraction, at random",
                {},
                {},
                "N|FRACTION"},
               sample);
  DescribeSplits(fields);
}

void PrepareOptions::DescribeSplits(Fields& fields) {
  fields.Field({"split",
                "makes splits of the training rows; those that are there stay, "
                "and train is what remains",
                {},
                {},
                "NAME=FRACTION"},
               split);
  fields.Field({"split-from",
                "takes the names of splits from a column",
                {},
                {},
                "COLUMN"},
               split_from);
  fields.Field({"stratify",
                "gives each split its share of every class or label of a task, "
                "of numbers in ten bins, or of every value of a column; of "
                "all that are named between commas",
                {},
                {},
                "TASK,..."},
               stratify);
  fields.Field({"group",
                "keeps rows with one value of this column together",
                {},
                {},
                "COLUMN"},
               group);
  fields.Field({"time",
                "makes splits in the order of this column, of numbers or "
                "dates: train has the first rows, the split named last the "
                "last",
                {},
                {},
                "COLUMN"},
               time);
  fields.Field({"check-leaks",
                "looks for rows of equal inputs, and for groups, in more than "
                "one split or fold, and tells of them or fails",
                {},
                {"none", "warn", "error"}},
               check_leaks);
  fields.Field({"folds",
                "divides the training rows into folds for mtl-train --fold",
                Between(0, 1000),
                {},
                "N"},
               folds);
}

void PrepareOptions::DescribeTexts(Fields& fields) {
  fields.Field({.name = "words",
                .help = "a column of texts becomes codes of its words; the "
                        "vocabulary is that of the training rows (options: "
                        "those of the transform words)",
                .value_name = "COLUMN[:option=value,...]",
                .splits_commas = false},
               words);
  fields.Field({.name = "bpe",
                .help = "a column of texts becomes codes of at most so many "
                        "pieces of words, found in the training rows",
                .value_name = "COLUMN=SIZE",
                .splits_commas = false},
               bpe);
  fields.Field({.name = "hash-ngrams",
                .help = "a column of texts becomes codes of all n-grams of its "
                        "characters or words, such as text=chars:2-4:20000",
                .value_name = "COLUMN=chars|words:N-M:CODES",
                .splits_commas = false},
               hash_ngrams);
  fields.Field({.name = "tfidf",
                .help = "the same as numbers, one column a code: how often a "
                        "text has it, by how many texts have it",
                .value_name = "COLUMN=chars|words:N-M:CODES",
                .splits_commas = false},
               tfidf);
}

void PrepareOptions::DescribeTransforms(Fields& fields) {
  DescribeTexts(fields);
  fields.Field({.name = "transform",
                .help = "what becomes of columns, by name or pattern, in the "
                        "order given (--list transforms); the flags below "
                        "are for what it does not name",
                .value_name = "COLUMNS=NAME[:option=value,...]",
                .splits_commas = false},
               transform);
  fields.Field(
      {"scale",
       "how numbers are scaled; auto is standard, and leaves sparse "
       "inputs alone",
       {},
       {"auto", "standard", "robust", "minmax", "max-abs", "quantile", "none"}},
      scale);
  fields.Field({"margin",
                "how far beyond the range of the training rows scaled numbers "
                "are clipped, in parts of that range; none: they are not",
                {},
                {},
                "N|none"},
               margin);
  fields.Field({"impute",
                "what a missing number becomes; a missing category becomes "
                "the most frequent one",
                {},
                {"median", "mean"}},
               impute);
  fields.Field({"indicator",
                "whether a column of zeros and ones says which numbers were "
                "missing; auto: beside columns that training rows lack",
                {},
                {"auto", "none"}},
               indicator);
  fields("pieces", pieces,
         "into how many pieces the range of a number is cut (fewer only where "
         "it has no more values), for each of which a column goes in beside "
         "it; 0: none (mtl-train --numbers does it in the network)",
         Between(0, kMostPieces));
  fields.Field({"encode",
                "how categories go in: a column each, or as numbers for an "
                "embedding",
                {},
                {"onehot", "index"}},
               encode);
  fields.Field({.name = "max-size",
                .help = "refuses what would make a block of inputs larger than "
                        "this; k, m, g, t: powers of 1024",
                .value_name = "SIZE",
                .in_settings = false},
               max_size);
}

void PrepareOptions::DescribeLabels(Fields& fields) {
  fields.Field({.name = "drop-class",
                .help = "leaves a class of a task out: its labels are missing",
                .value_name = "TASK=CLASS",
                .splits_commas = false},
               drop_class);
  fields.Field({.name = "min-class-rows",
                .help = "leaves out the classes of multi-class tasks that "
                        "fewer rows have",
                .range = AtLeast(0),
                .value_name = "N"},
               min_class_rows);
  fields.Field({"hide-labels",
                "makes this fraction of a task's training labels missing",
                {},
                {},
                "TASK=FRACTION"},
               hide_labels);
  fields.Field({"keep-labels",
                "keeps only N training labels of a task, or N of each class",
                {},
                {},
                "TASK=N[/class]"},
               keep_labels);
}

}  // namespace mtlkit
