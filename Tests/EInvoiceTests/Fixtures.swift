import EInvoice
import Foundation

/// The files in `Tests/Fixtures`, found from this source file.
enum Fixtures {
  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: path)))
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  static func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)
      .filter { $0.hasSuffix(".xml") }.sorted()
  }

  /// A blue invoice with a settlement, whose facts the tests know by heart.
  static let settled = "invoices/0003-blue-46060125-0719279514.xml"
  static let red = "invoices/0008-red-46060125-5670436039.xml"
  static let gbk = "invoices-gbk/0001-blue-46060225-6355547226.xml"

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")
}

extension InvoiceParser {
  func parse(_ text: String) throws(InvoiceFault) -> Invoice {
    try parse(Array(text.utf8))
  }

  /// The fault of a text that must be refused; `nil` where it is taken.
  func fault(of bytes: [UInt8]) -> InvoiceFault? {
    do throws(InvoiceFault) {
      _ = try parse(bytes)
      return nil
    } catch {
      return error
    }
  }

  func fault(of text: String) -> InvoiceFault? {
    fault(of: Array(text.utf8))
  }
}
