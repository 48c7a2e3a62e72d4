internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// Calls a method of another chain as the member that one is there.
struct CallMethod: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Calls a method of the channel's other chain, as the member that one is there.",
    discussion: """
      The member who acts must be recognised there as the member of --to ('yilian identity'), with \
      the method in the statement's scope. The method's own rules decide; if it refuses, 'yilian \
      packet show' gives its code.
      """)

  @Argument(help: "The method, such as invoice.print.")
  var method: String
  @Argument(help: #"Its arguments as JSON, such as '{"code": "46060225", "number": "1"}'."#)
  var arguments: String
  @Option(help: "A name that no other call has. (chosen at random)")
  var id: String?
  @OptionGroup var crossing: CrossingOptions
  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func validate() throws {
    guard crossing.channel != nil else {
      throw ValidationError("--channel and --to are missing: over which channel, and as whom.")
    }
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      guard let type = Self.messages[method] else {
        throw Failure.usage(
          "'\(method)' cannot be called: use \(RelayContract.callable.joined(separator: ", "))")
      }
      var call = RelayMemberCall()
      call.id = id ?? randomBytes(12).hex
      do {
        call.arguments = try type.init(jsonString: arguments).encoded.data
      } catch {
        throw Failure.usage(
          "the arguments of \(method) are not the JSON of a \(type.protoMessageName) (\(error)): "
            + "contracts/invoices/invoices.proto names its fields")
      }
      let parts = method.split(separator: ".", maxSplits: 1).map(String.init)
      (call.contract, call.method) = (parts[0], parts[1])
      call.key = try await ledger.member(identity.member).signingKey.data
      guard let packet = crossing.packet("member.call", call) else { return }
      try await crossing.send(
        packet, content: nil, by: identity, on: ledger, done: "sent call \(call.id) of \(method)",
        json: json)
    }
  }

  /// The argument message of each method that can be called.
  static let messages: [String: any Message.Type] = [
    "invoice.print": InvoicePrint.self, "invoice.exchangePaper": InvoiceExchangePaper.self,
    "invoice.lock": InvoiceLock.self, "invoice.unlock": InvoiceUnlock.self,
    "invoice.post": InvoicePost.self, "invoice.unpost": InvoiceUnpost.self,
    "invoice.authorise": InvoiceAuthorise.self, "invoice.revoke": InvoiceRevoke.self,
  ]
}
