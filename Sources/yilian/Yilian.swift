internal import ArgumentParser
internal import Foundation
internal import LedgerModel

/// The command line of operators and query clients.
///
/// Exit codes: 0 done and proven, 1 refused or not proven, 2 wrong usage, 3 no node reachable.
@main
struct Yilian: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yilian",
    abstract: "Medical e-invoices on a ledger that proves every answer.",
    version: Release.version,
    subcommands: [
      NetworkCommand.self, InvoiceCommand.self, GovernanceCommand.self, KeyCommand.self,
      NodeCommand.self, ChainCommand.self, ChannelCommand.self, PacketCommand.self,
      IdentityCommand.self, RouterCommand.self, VerifyCommand.self, BenchCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      Terminal.error("yilian: \(Terminal.clean(failure.message))")
      Foundation.exit(failure.exitCode)
    } catch {
      guard exitCode(for: error) == .validationFailure else { Self.exit(withError: error) }
      Terminal.error(fullMessage(for: error))
      Foundation.exit(2)
    }
  }
}
