internal import ArgumentParser
internal import EInvoice
internal import Foundation
internal import NetworkLayout

/// Dialects of e-invoice files besides those that every parser knows.
struct DialectOptions: ParsableArguments {
  @Option(help: "Further dialects of e-invoice files: a JSON file as in docs/spec.")
  var dialect: [String] = []

  /// A parser of the built-in dialects and these.
  func parser() throws -> InvoiceParser {
    var dialects = Dialect.builtIn
    for file in dialect {
      let text = String(decoding: try Files.read(URL(filePath: file)), as: UTF8.self)
      do {
        dialects.append(try Dialect.load(json: text))
      } catch {
        throw Failure.usage("\(file) is not a dialect: \(error)")
      }
    }
    return InvoiceParser(dialects: dialects)
  }
}
