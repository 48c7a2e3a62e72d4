internal import ArgumentParser
internal import Foundation
internal import LedgerModel
internal import LightVerifier
internal import NetworkLayout
internal import SwiftProtobuf
internal import Wire

/// Checks the saved proof of a packet offline: with nothing but the genesis documents.
struct VerifyPacket: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks a packet's saved proof offline; exit code 0 only when all of it is proven.",
    discussion: "Refused calls are not in the file: where they are is a node's word.")

  @Argument(help: "The proof, as 'yilian packet trace --bundle' wrote it.")
  var file: String

  @Option(help: "The genesis document of the chain that sent the packet.")
  var source: String

  @Option(help: "The genesis document of the chain that it went to.")
  var destination: String

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    do {
      let proof = try read()
      guard let name = PacketName(argument: "\(proof.channel):\(proof.sequence)") else {
        throw Failure.refused("NOT PROVEN: \(file) does not name a packet")
      }
      let trace = try await PacketTracer(
        name: name, source: try facts(proof.source, source),
        destination: try facts(proof.destination, destination)
      ).trace()
      if json { try Terminal.json(trace) } else { trace.show() }
      guard trace.isSound else {
        throw Failure.refused("NOT PROVEN: the two chains do not agree on packet \(name)")
      }
    } catch {
      throw Failure(error)
    }
  }

  private func read() throws -> WirePacketProof {
    let proof: WirePacketProof
    do {
      proof = try WirePacketProof(
        strict: Files.read(URL(filePath: file)), limit: Limits.bundleBytes)
    } catch let fault as WireFault {
      throw Failure.refused("NOT PROVEN: \(file): \(ModelFault.wire(fault))")
    }
    guard proof.format == 1 else {
      throw Failure.refused(
        "NOT PROVEN: \(file) has format \(proof.format): this version reads format 1")
    }
    return proof
  }

  private func facts(_ proofs: WireChainProofs, _ path: String) throws -> KeptFacts {
    let genesis = try Genesis(file: URL(filePath: path))
    do throws(ProofFault) {
      return try KeptFacts(proofs, genesis: genesis)
    } catch {
      throw Failure.refused(
        "NOT PROVEN: what \(file) has of \(genesis.name): \(error); if \(path) is not the genesis "
          + "document of this end's chain, name the right one")
    }
  }
}
