internal import BuiltinContracts
internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import LightVerifier
internal import NodeCore
internal import Wire

// What the decoders with more than one step do with an input.

extension FuzzChain {
  private enum Unfit: Error { case input }

  func message(_ input: [UInt8]) throws -> Decoder.Outcome {
    guard let kind = input.first else { throw Unfit.input }
    let message = try PeerMessage(kind: kind, decoding: Array(input.dropFirst()), suite: suite)
    return Decoder.Outcome(input, encodedAgain: [message.kind.rawValue] + message.encoded)
  }

  func catchUp(_ input: [UInt8]) throws -> Decoder.Outcome {
    _ = try CatchUpCheck(
      parent: nil, epoch: Epoch(first: genesis), chainID: genesis.chainID, suite: suite
    ).check(input)
    return .accepted
  }

  func bundle(_ input: [UInt8]) throws -> Decoder.Outcome {
    let bundle = try WireProofBundle(strict: input, limit: Limits.bundleBytes)
    _ = try verifier.verify(bundle)
    return Decoder.Outcome(input, encodedAgain: bundle.encoded)
  }

  func arguments(_ input: [UInt8]) throws -> Decoder.Outcome {
    let methods = BuiltinContracts.all.flatMap(\.methods)
    guard let number = input.first, Int(number) < methods.count, let caller = genesis.members.first
    else { throw Unfit.input }
    let call = try methods[Int(number)].prepare(Array(input.dropFirst()))
    _ = try call.run(
      CallScope(
        chainID: genesis.chainID, caller: caller, height: 1, timeMs: genesis.timeMs,
        attachments: [], suite: suite,
        touches: call.touches + call.derived { state[$0]?.value }, read: { [state] in state[$0] }))
    return .accepted
  }

  func handshake(_ input: [UInt8]) throws -> Decoder.Outcome {
    guard let place = input.first, Int(place / 3) < handshakes.count else { throw Unfit.input }
    var reader = try handshakes[Int(place / 3)].reader(ofMessage: Int(place % 3))
    _ = try reader.readMessage(Array(input.dropFirst()))
    return .accepted
  }
}
