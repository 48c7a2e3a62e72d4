internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

/// Loads a node with signed records and reports what it did, with the conditions.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Drives a node with signed e-invoices; prints and writes a report.",
    discussion: """
      Records are made, sealed and signed before the clock starts. The load generator shares the \
      machine with the node: both are in the figures.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Single signed records for each number of clients.")
  var singles = 4_000

  @Option(help: "Concurrent clients, comma-separated.")
  var clients = "1,4,16,64"

  @Option(help: "Records sent as signed batches.")
  var batched = 32_768

  @Option(help: "Records under one signature.")
  var batchSize = 1_024

  @Option(help: "Clients that send batches at once.")
  var batchClients = 3

  @Option(help: "Bytes of the file sealed in each record.")
  var payload = 1_024

  @Option(help: "Write the report here, as Markdown.")
  var report: String?

  func validate() throws {
    guard clientCounts.allSatisfy({ 1...1_024 ~= $0 }), !clientCounts.isEmpty else {
      throw ValidationError("--clients is '\(clients)': use numbers from 1 to 1024.")
    }
    guard 1...Limits.callsPerTransaction ~= batchSize else {
      throw ValidationError("--batch-size is \(batchSize): use 1 to 8192.")
    }
    guard 1...100_000 ~= payload, singles > 0, batched >= 0, 1...64 ~= batchClients else {
      throw ValidationError("--payload, --singles, --batched or --batch-clients is out of range.")
    }
  }

  private var clientCounts: [Int] {
    clients.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) ?? 0 }
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity(default: "finance")
      let workload = try await BenchWorkload(
        ledger: ledger, identity: identity, payload: payload)
      var report = try await BenchReport(ledger: ledger, payload: payload, batchSize: batchSize)
      Terminal.error("measuring bare signature verification …")
      report.bareVerifyRate = try await BareVerify(suite: ledger.suite).rate()
      for count in clientCounts {
        let records = count == 1 ? min(singles, 1_000) : singles
        let transactions = try await workload.transactions(records, callsEach: 1)
        Terminal.error("\(count) clients, \(records) single signed records …")
        report.singles.append(
          try await BenchRun(ledger: ledger, clients: count, url: ledger.connection.url)
            .run(transactions, callsEach: 1))
      }
      if batched > 0 {
        let transactions = try await workload.transactions(
          max(1, batched / batchSize), callsEach: batchSize)
        Terminal.error("\(batchClients) clients, \(transactions.count) batches of \(batchSize) …")
        report.batches = try await BenchRun(
          ledger: ledger, clients: batchClients, url: ledger.connection.url
        ).run(transactions, callsEach: batchSize)
      }
      report.after = try await ledger.connection.status()
      let text = report.markdown
      Terminal.print(text)
      if let file = self.report { try Files.write(Array(text.utf8), to: URL(filePath: file)) }
    }
  }
}
