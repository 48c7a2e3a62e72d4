internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerModel
internal import LightVerifier
internal import NetworkLayout
internal import SwiftProtobuf
internal import Wire

/// Checks a proof bundle offline: with nothing but the genesis document.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks a proof file offline; exit code 0 only when everything in it is proven.")

  @Argument(help: "The proof, as 'yilian invoice trail --bundle' wrote it.")
  var file: String

  @Option(help: "The chain's genesis document.")
  var genesis: String

  @Flag(help: "One JSON document on standard output.")
  var json = false

  struct Result: Encodable {
    var proven: Bool
    var chain: String
    var epoch: UInt64
    var height: UInt64
    var headerHash: String
    var facts: [String]
    var trails: [TrailView]
  }

  func run() throws {
    do {
      let document = try Genesis(document: Files.read(URL(filePath: genesis)))
      let bytes = try Files.read(URL(filePath: file))
      let bundle: WireProofBundle
      do {
        bundle = try WireProofBundle(strict: bytes, limit: Limits.bundleBytes)
      } catch {
        throw Failure.refused("NOT PROVEN: \(file): \(ModelFault.wire(error))")
      }
      let verified: VerifiedBundle
      do {
        verified = try LightVerifier(genesis: document).verify(bundle)
      } catch {
        throw Failure.refused("NOT PROVEN: \(error)")
      }
      try show(verified, document)
    } catch {
      throw Failure(error)
    }
  }

  private func show(_ verified: VerifiedBundle, _ genesis: Genesis) throws {
    let trails = verified.facts.compactMap { fact -> TrailView? in
      guard case .trail(let trail) = fact else { return nil }
      return TrailView(trail, header: verified.header)
    }
    let result = Result(
      proven: true, chain: genesis.chainID.hex, epoch: verified.header.epoch,
      height: verified.header.executed.height,
      headerHash: verified.header.hash.hex, facts: verified.facts.map(Self.sentence),
      trails: trails)
    if json { return try Terminal.json(result) }
    for trail in trails { trail.show() }
    for fact in result.facts { Terminal.print("PROVEN    \(fact)") }
    Terminal.print("header    height \(verified.header.height) of epoch \(result.epoch)")
    Terminal.print("chain     \(genesis.name), \(result.chain)")
  }

  private static func sentence(_ fact: ProvenFact) -> String {
    switch fact {
    case .value(let value):
      "\(value.asset) has the value given, after \(value.leaf.sequence + 1) events"
    case .absence(let asset): "\(asset) does not exist"
    case .trail(let trail):
      "\(trail.current.asset): all \(trail.events.count) events of its history"
    case .event(let event, let position):
      "event \(event.operation) of \(event.asset) at \(position)"
    case .receipt(let receipt, let position):
      "receipt of call \(receipt.callIndex) of \(receipt.transactionID) at \(position)"
    case .consistency(let older): "nothing was rewritten since height \(older.height)"
    }
  }
}
