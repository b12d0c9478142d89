// Package mapping says in a small YAML file how the columns or fields of any table or JSON become companies, products,
// sources and relations. [Parse] reads and checks such a file, [Mapping.Converter] makes a [records.Converter] of it.
// docs/mapping.md is for those who write mappings. The package does no input or output.
package mapping
