import Cryptography
import Merkle

/// Nodes as a node keeps them: encoded, under their keys.
final class NodeStore: IndexNodeSource {
  private(set) var nodes: [[UInt8]: [UInt8]] = [:]
  private(set) var reads: [NodeKey: Int] = [:]

  func node(_ key: NodeKey) throws(MerkleDecodingFault) -> IndexNode? {
    reads[key, default: 0] += 1
    guard let bytes = nodes[key.encoded] else { return nil }
    return try IndexNode(decoding: bytes)
  }

  func apply(_ update: IndexUpdate, deletingStale: Bool = false) {
    for (key, node) in update.newNodes { nodes[key.encoded] = node.encoded }
    guard deletingStale else { return }
    for key in update.staleNodes { nodes[key.encoded] = nil }
  }

  func forgetReads() { reads = [:] }
}
