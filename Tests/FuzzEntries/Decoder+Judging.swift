internal import BuiltinContracts
internal import Consensus
internal import ContractEngine
internal import Cryptography
internal import EInvoice
internal import LedgerModel
internal import LightVerifier
internal import NodeCore
internal import Wire

extension Decoder {
  /// Lets the decoder read an input.
  public func judge(_ input: [UInt8], on chain: FuzzChain) -> Outcome {
    do {
      return switch self {
      case .peerMessage: try chain.message(input)
      case .batch:
        Outcome(
          input, encodedAgain: BatchCheck.encode(try BatchCheck.decode(input, suite: chain.suite)))
      case .catchUp: try chain.catchUp(input)
      case .journalRecord:
        Outcome(input, encodedAgain: try JournalRecord(decoding: input).encoded)
      case .transaction:
        Outcome(
          input, encodedAgain: try Transaction(decoding: input, suite: chain.suite).encoded())
      case .blockHeader:
        Outcome(input, encodedAgain: try BlockHeader(decoding: input, suite: chain.suite).encoded)
      case .genesis: Outcome(input, encodedAgain: try Genesis(document: input).document)
      case .bundle: try chain.bundle(input)
      case .arguments: try chain.arguments(input)
      case .keyFile: try Self.accepted(KeyFile.readPublic(String(decoding: input, as: UTF8.self)))
      case .invoice: try Self.accepted(InvoiceParser().parse(input))
      case .handshake: try chain.handshake(input)
      }
    } catch {
      return .refused
    }
  }

  private static func accepted(_ value: some Any) -> Outcome { .accepted }
}
