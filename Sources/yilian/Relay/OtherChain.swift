internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout

/// The chain at the other end of a channel.
struct OtherChainOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: "The other chain: DIR, or URL GENESIS. (found beside --dir if made from a manifest)")
  var other: [String] = []

  func validate() throws {
    guard other.count <= 2 else {
      throw ValidationError("--other takes a network's folder, or a node's address and a file.")
    }
  }

  /// - Returns: `nil` if it is not named, and not found beside this chain's folder.
  func ledger(of chainID: [UInt8], beside dir: String?) async throws -> RemoteLedger? {
    let ledger: RemoteLedger
    switch other.count {
    case 1: ledger = try await NetworkFolder(other[0]).ledger()
    case 2: ledger = try await RemoteLedger.open([other[0]], genesis: URL(filePath: other[1]))
    default:
      guard let dir, let folder = try Self.folder(of: chainID, beside: dir) else { return nil }
      ledger = try await folder.ledger()
    }
    guard ledger.genesis.chainID.bytes == chainID else {
      await ledger.connection.close()
      throw Failure.usage(
        "\(other.joined(separator: " ")) is chain \(ledger.genesis.chainID.hex), the channel leads "
          + "to \(chainID.hex)")
    }
    return ledger
  }

  /// The folder of the chain in the folder that was made from one manifest with this one.
  private static func folder(of chainID: [UInt8], beside dir: String) throws -> NetworkFolder? {
    let parent = URL(filePath: dir, directoryHint: .isDirectory).standardizedFileURL
      .deletingLastPathComponent()
    let chains = ChainsFolder(parent.path)
    guard chains.isPresent else { return nil }
    for chain in try chains.readManifest().chains {
      let folder = chains.chain(chain.name)
      if try Genesis(document: Files.read(folder.genesis)).chainID.bytes == chainID {
        return folder
      }
    }
    return nil
  }
}

/// Runs the body with the other chain of a channel, if it can be reached, and closes it afterwards.
func withOther<R>(
  _ options: OtherChainOptions, of chainID: [UInt8], beside dir: String?,
  _ body: (RemoteLedger?) async throws -> R
) async throws -> R {
  let other = try await options.ledger(of: chainID, beside: dir)
  do {
    let result = try await body(other)
    await other?.connection.close()
    return result
  } catch {
    await other?.connection.close()
    throw error
  }
}
