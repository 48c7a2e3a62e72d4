internal import ArgumentParser
internal import EInvoice
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout

/// Records e-invoice files: blue ones first, because a red one needs its blue.
struct ImportInvoices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Records files or folders of e-invoice XML, blue and red.",
    discussion: "A bad file is listed with its reason, the rest goes on. Importing again is safe."
  )

  /// Invoices under one signature: one receipt page of proofs.
  private static let batchSize = 64

  @Argument(help: "Files, or folders with .xml files.")
  var paths: [String]

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "The member who owns the invoices (default: the one who imports).")
  var owner: String?

  @OptionGroup var dialects: DialectOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  /// What became of one file.
  struct Row: Encodable {
    enum Outcome: String, Encodable { case recorded, present, refused }
    var file: String
    var outcome: Outcome
    var invoice: String?
    var height: UInt64?
    var reason: String?
  }

  func run() async throws {
    var rows: [Row] = []
    try await withLedger(connection) { ledger in
      let identity = try connection.identity(default: "finance")
      let parser = try dialects.parser()
      let files = try Self.files(in: paths)
      guard !files.isEmpty else {
        throw Failure.usage("no .xml file in \(paths.joined(separator: ", "))")
      }
      let (blue, red, refused) = Self.sorted(files, parser)
      rows = refused
      if !json { rows.forEach(Self.show) }
      let owner = try await ledger.member(owner ?? identity.member)
      let index = try await ledger.blindIndex(for: identity)
      let recorder = Recorder(
        ledger: ledger, identity: identity, owner: owner, index: index, parser: parser)
      for kind in [blue, red] {
        for start in stride(from: 0, to: kind.count, by: Self.batchSize) {
          let batch = Array(kind[start..<min(start + Self.batchSize, kind.count)])
          let done = try await recorder.record(batch)
          Terminal.progress("")
          if !json { done.forEach(Self.show) }
          rows += done
          Terminal.progress("\(rows.count) of \(files.count) files")
        }
      }
      Terminal.progress("")
    }
    try finish(rows)
  }

  private func finish(_ rows: [Row]) throws {
    if json { try Terminal.json(rows) }
    let count = { (outcome: Row.Outcome) in rows.count { $0.outcome == outcome } }
    let refused = count(.refused)
    let summary =
      "\(rows.count) files: \(count(.recorded)) recorded, \(count(.present)) on the ledger "
      + "already, \(refused) refused"
    json ? Terminal.error(summary) : Terminal.print(summary)
    if refused > 0 { throw Failure.refused("\(refused) files were refused: see their reasons") }
  }

  private static func files(in paths: [String]) throws -> [String] {
    var files: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw Failure.usage("\(path) does not exist")
      }
      if isFolder.boolValue {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        files += names.filter { $0.lowercased().hasSuffix(".xml") }.sorted().map { "\(path)/\($0)" }
      } else {
        files.append(path)
      }
    }
    return files
  }

  private static func sorted(
    _ files: [String], _ parser: InvoiceParser
  ) -> (blue: [String], red: [String], refused: [Row]) {
    var (blue, red, refused): ([String], [String], [Row]) = ([], [], [])
    for file in files {
      switch Result(catching: { try Recorder.parse(file, parser).invoice }) {
      case .success(let invoice) where invoice.isRed: red.append(file)
      case .success: blue.append(file)
      case .failure(let error):
        let reason = (error as? InvoiceFault).map(Self.sentence) ?? "\(error)"
        refused.append(Row(file: file, outcome: .refused, reason: reason))
      }
    }
    return (blue, red, refused)
  }

  /// `code: what is wrong and what to do`, as refusals of the ledger are shown.
  private static func sentence(_ fault: InvoiceFault) -> String {
    "\(fault.code): \(fault) \(fault.remedy)"
  }

  private static func show(_ row: Row) {
    let name = Terminal.pad(URL(filePath: row.file).lastPathComponent, to: 40)
    switch row.outcome {
    case .recorded:
      Terminal.print("recorded  \(name)  \(row.invoice ?? "")  height \(row.height ?? 0)")
    case .present:
      Terminal.print("present   \(name)  \(row.invoice ?? "")")
    case .refused:
      Terminal.print("refused   \(name)  \(row.reason ?? "")")
    }
  }
}

/// Parses, seals and submits batches of files.
private struct Recorder {
  let ledger: RemoteLedger
  let identity: Identity
  let owner: Member
  let index: BlindIndex
  let parser: InvoiceParser

  static func parse(
    _ file: String, _ parser: InvoiceParser
  ) throws -> (invoice: Invoice, bytes: [UInt8]) {
    let bytes = try Files.read(URL(filePath: file))
    return (try parser.parse(bytes), bytes)
  }

  func record(_ files: [String]) async throws -> [ImportInvoices.Row] {
    var invoices: [Invoice] = []
    var calls: [PreparedCall] = []
    for file in files {
      let (invoice, bytes) = try Self.parse(file, parser)
      invoices.append(invoice)
      calls.append(
        try ledger.prepare(invoice, file: bytes, owner: owner, index: index, by: identity))
    }
    let receipts = try await ledger.submit(
      calls.map(\.call), attachments: calls.flatMap(\.attachments), by: identity)
    return zip(zip(files, invoices), receipts).map { named, receipt in
      row(named.0, named.1, ReceiptOutcome(receipt))
    }
  }

  private func row(
    _ file: String, _ invoice: Invoice, _ outcome: ReceiptOutcome
  ) -> ImportInvoices.Row {
    let name = "\(invoice.code) \(invoice.number)"
    if outcome.done {
      return ImportInvoices.Row(
        file: file, outcome: .recorded, invoice: name, height: outcome.height)
    }
    return ImportInvoices.Row(
      file: file, outcome: outcome.code == "invoice.duplicate" ? .present : .refused,
      invoice: name, reason: outcome.sentence)
  }
}
