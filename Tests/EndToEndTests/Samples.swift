import BuiltinContracts
import EInvoice
import Foundation
import LedgerClient
import LedgerModel

/// The sample invoices, and variations of them.
enum Samples {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")
  static let invoices = fixtures.appending(path: "invoices")
  static let gbk = fixtures.appending(path: "invoices-gbk")
  static let dialects = fixtures.appending(path: "dialects")

  /// The text of a sample by the number in front of its name.
  static func text(_ index: String, in folder: URL = invoices) throws -> String {
    try String(decoding: bytes(index, in: folder), as: UTF8.self)
  }

  static func bytes(_ index: String, in folder: URL = invoices) throws -> [UInt8] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard let name = names.first(where: { $0.hasPrefix(index) }) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  /// A sample as parsed.
  static func invoice(_ index: String) throws -> Invoice {
    try InvoiceParser().parse(bytes(index))
  }

  /// The code of all `blue` invoices.
  static let code = "46060125"

  static func number(_ number: Int) -> String { "\(10_000_000_000 + number)" }

  /// A blue invoice of its own number, cheap to make many of.
  static func blue(number: Int) throws -> (invoice: Invoice, file: [UInt8]) {
    let text = try text("0010").replacingOccurrences(
      of: "<EInvoiceNumber>1435951070<", with: "<EInvoiceNumber>\(Self.number(number))<")
    let file = Array(text.utf8)
    return (try InvoiceParser().parse(file), file)
  }
}

/// What a member needs to record invoices and print them.
struct Recorder: Sendable {
  let ledger: RemoteLedger
  let identity: Identity
  let owner: Member
  let index: BlindIndex

  /// - Parameter owner: Of the invoices; by default who records them.
  init(_ ledger: RemoteLedger, _ identity: Identity, owner: Member? = nil) async throws {
    self.ledger = ledger
    self.identity = identity
    self.owner = if let owner { owner } else { try await ledger.member(identity.member) }
    index = try await ledger.blindIndex(for: identity)
  }

  func put(number: Int) throws -> PreparedCall {
    let (invoice, file) = try Samples.blue(number: number)
    return try ledger.prepare(invoice, file: file, owner: owner, index: index, by: identity)
  }

  func print(number: Int) -> PreparedCall {
    var call = InvoicePrint()
    call.code = Samples.code
    call.number = Samples.number(number)
    return ledger.prepare("print", call)
  }

  func asset(number: Int) -> AssetID {
    InvoiceContract.asset(code: Samples.code, number: Samples.number(number))
  }
}
