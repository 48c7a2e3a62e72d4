internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// Follows a packet over both chains.
struct TracePacket: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Shows a packet's whole way over both chains, each step proven.",
    discussion: """
      What happened is proven by each chain for itself; then it is checked that the two agree: on \
      the packet's bytes, on the header that proved it, on the records of re-encryption and on the \
      outcome. Refused calls of routers meanwhile are shown as well. Exit code 1 if anything \
      disagrees.
      """)

  @Argument(help: "CHANNEL:SEQUENCE")
  var packet: PacketName

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var otherChain: OtherChainOptions
  @OptionGroup var direction: DirectionOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (terms, answer) = try await ledger.terms(packet.channel)
      guard let terms else { throw Failure.noChannel(packet.channel, answer.header) }
      let remote = terms.remoteChain.octets
      try await withOther(otherChain, of: remote, beside: connection.dir) { other in
        guard let other else {
          throw Failure.usage("name the other chain with --other DIR, or --other URL GENESIS")
        }
        let tracer = PacketTracer(
          name: packet, source: direction.received ? other : ledger,
          destination: direction.received ? ledger : other)
        let trace = try await tracer.trace()
        if json { try Terminal.json(trace) } else { trace.show() }
        guard trace.isSound else {
          throw Failure.refused("the two chains do not agree on packet \(packet)")
        }
      }
    }
  }
}
