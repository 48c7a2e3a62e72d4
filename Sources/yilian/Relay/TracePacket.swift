internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
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

  @Option(help: "Write the self-contained proof here; check it with 'yilian packet verify'.")
  var bundle: String?

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (terms, answer) = try await ledger.terms(packet.channel)
      guard let terms else { throw Failure.noChannel(packet.channel, answer.header) }
      guard !terms.leadsToPlace else {
        throw Failure.usage(
          "\(terms.place) has no chain to ask: see 'yilian packet show \(packet)'")
      }
      let remote = terms.remoteChain.octets
      try await withOther(otherChain, of: remote, beside: connection.dir) { other in
        guard let other else {
          throw Failure.usage("name the other chain with --other DIR, or --other URL GENESIS")
        }
        let source = AskedFacts(direction.received ? other : ledger)
        let destination = AskedFacts(direction.received ? ledger : other)
        let trace = try await PacketTracer(
          name: packet, source: source, destination: destination
        ).trace()
        if json { try Terminal.json(trace) } else { trace.show() }
        if let bundle {
          let size = try save(source.proofs, destination.proofs, to: URL(filePath: bundle))
          if !json { Terminal.print("proof     \(bundle), \(size) bytes") }
        }
        guard trace.isSound else {
          throw Failure.refused("the two chains do not agree on packet \(packet)")
        }
      }
    }
  }

  private func save(
    _ source: WireChainProofs, _ destination: WireChainProofs, to file: URL
  ) throws -> Int {
    var proof = WirePacketProof()
    proof.format = 1
    proof.channel = packet.channel
    proof.sequence = packet.sequence
    proof.source = source
    proof.destination = destination
    let bytes = proof.encoded
    try Files.write(bytes, to: file)
    return bytes.count
  }
}
