internal import ArgumentParser
internal import LedgerClient
internal import Wire

/// Proposes changes of the registry to all organisations.
struct ProposeChanges: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose",
    abstract: "Proposes changes of the registry; the organisations then vote on them.")

  @Argument(help: "The proposal's id: one that was never used.")
  var id: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var options: ChangeOptions

  @Option(help: "Why.")
  var reason = "as the changes say"

  @Option(help: "Hours in which it can be voted on, at block time.")
  var deadline: UInt64 = 168

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      guard 1...8_784 ~= deadline else {
        throw Failure.usage("--deadline is \(deadline): use 1 to 8784 hours (366 days)")
      }
      var call = WirePropose()
      call.proposal = id
      call.changes = try await options.read(on: ledger)
      call.reason = reason
      call.deadlineMs = nowMs() + deadline * 3_600_000
      if !json {
        for change in call.changes { Terminal.print(Terminal.clean(change.words)) }
      }
      try await perform(
        ledger.prepareDecision("propose", call), by: connection.identity(), on: ledger,
        done: "proposed \(id)", json: json)
    }
  }
}

/// Takes back a proposal that is not decided.
struct WithdrawProposal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Takes back a proposal of this member's organisation.")

  @Argument(help: "The proposal's id.")
  var id: String

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Why.")
  var reason = "no longer wanted"

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var call = WireWithdraw()
      call.proposal = id
      call.reason = reason
      try await perform(
        ledger.prepareDecision("withdraw", call), by: connection.identity(), on: ledger,
        done: "withdrew \(id)", json: json)
    }
  }
}
