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

  @Option(help: "Instead: offer single records at --rate for so many seconds.")
  var soak: Int?

  @Option(help: "Records offered each second of a soak.")
  var rate = 100.0

  @Option(help: "Write the report here, as Markdown.")
  var report: String?

  func validate() throws {
    guard soak.map({ 1...86_400 ~= $0 }) ?? true, 1...100_000 ~= rate else {
      throw ValidationError("--soak takes 1 to 86400 seconds, --rate 1 to 100000 records.")
    }
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
      if let soak {
        return try await self.soak(ledger, workload, seconds: soak)
      }
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

  /// All clients that `--clients` names last are there to send.
  private func soak(_ ledger: RemoteLedger, _ workload: BenchWorkload, seconds: Int) async throws {
    let clients = clientCounts.last ?? 1
    Terminal.error("\(clients) clients, \(rate) records offered each second, \(seconds) s …")
    let rows = try await BenchSoak(
      ledger: ledger, workload: workload, clients: clients, rate: rate, seconds: seconds
    ).run()
    let text = rows.joined(separator: "\n") + "\n"
    Terminal.print(text)
    if let report { try Files.write(Array(text.utf8), to: URL(filePath: report)) }
  }
}
