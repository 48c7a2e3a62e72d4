import Cryptography
import Testing

@testable import Merkle

@Suite("Stored forms")
struct CodecTests {
  @Test("A page is its key followed by its digests")
  func pageBytes() throws {
    let digests = (0..<256).map { Digest.filled(UInt8($0)) }
    let page = LogPage(level: 1, index: 0x0203, digests: digests)
    let bytes = page.encoded
    #expect(bytes.count == 9 + 256 * 32)
    #expect(LogPage.byteCount == bytes.count)
    #expect(bytes.prefix(9).hex == "010000000000000203")
    #expect(LogPage.key(level: 1, index: 0x0203).hex == "010000000000000203")
    for (index, digest) in digests.enumerated() {
      #expect(Array(bytes[(9 + 32 * index)...].prefix(32)) == digest.bytes)
    }
    #expect(try LogPage(decoding: bytes) == page)
  }

  @Test("A torn page is refused by name")
  func tornPage() throws {
    let page = LogPage(level: 7, index: .max, digests: [Digest](repeating: .zero, count: 256))
    let bytes = page.encoded
    for length in Array(0...9) + stride(from: 40, to: bytes.count, by: 31) + [bytes.count - 1] {
      #expect(throws: MerkleDecodingFault.truncated) {
        try LogPage(decoding: Array(bytes.prefix(length)))
      }
    }
    #expect(throws: MerkleDecodingFault.trailingBytes(1)) { try LogPage(decoding: bytes + [0]) }
    #expect(throws: MerkleDecodingFault.malformed(.pageLevel)) {
      try LogPage(decoding: [8] + bytes.dropFirst())
    }
  }

  @Test("A node key is version, path length and packed path")
  func nodeKeyBytes() throws {
    let key = Digest.of([0xab, 0xcd, 0xef] + [UInt8](repeating: 0x11, count: 29))
    let golden = [
      0: "000000000000030000", 1: "000000000000030001a0", 2: "000000000000030002ab",
      5: "000000000000030005abcde0",
      64: "000000000000030040abcdef" + String(repeating: "11", count: 29),
    ]
    for (count, hex) in golden {
      let nodeKey = NodeKey(version: IndexVersion(0x300), prefixOf: key, nibbleCount: count)
      #expect(nodeKey.encoded.hex == hex)
      #expect(try NodeKey(decoding: nodeKey.encoded) == nodeKey)
    }
    #expect(
      NodeKey(rootOf: IndexVersion(9))
        == NodeKey(version: IndexVersion(9), prefixOf: key, nibbleCount: 0))
  }

  @Test("Bytes that no node key has are refused")
  func malformedNodeKeys() throws {
    let cases: [(String, MerkleDecodingFault)] = [
      ("", .truncated),
      ("0000000000000300", .truncated),
      ("000000000000030001", .malformed(.pathLength)),
      ("000000000000030000ab", .malformed(.pathLength)),
      ("000000000000030001ab", .malformed(.pathPadding)),
      ("000000000000030041" + String(repeating: "00", count: 33), .malformed(.pathLength)),
    ]
    for (hex, fault) in cases {
      let bytes = try #require([UInt8](hex: hex))
      #expect(throws: fault) { try NodeKey(decoding: bytes) }
    }
  }

  /// Leaf at half-byte 1, subtrees at 0 and 15.
  var node: IndexNode {
    var node = IndexNode()
    node[15] = .subtree(version: IndexVersion(300), hash: .filled(0xcc))
    node[0] = .subtree(version: IndexVersion(5), hash: .filled(0xdd))
    node[1] = .leaf(IndexLeaf(key: .filled(0x1a), value: .filled(0xbb)))
    return node
  }

  @Test("A node is two maps followed by its children")
  func nodeBytes() throws {
    func hex(_ byte: String) -> String { String(repeating: byte, count: 32) }
    let golden = "8003" + "0002" + "05" + hex("dd") + hex("1a") + hex("bb") + "ac02" + hex("cc")
    #expect(node.encoded.hex == golden)
    #expect(try IndexNode(decoding: node.encoded) == node)
  }

  @Test("The largest versions survive")
  func largeVersions() throws {
    for version in [0, 0x7f, 0x80, 1 << 62, 1 << 63, UInt64.max] {
      var node = IndexNode()
      node[3] = .subtree(version: IndexVersion(version), hash: .zero)
      #expect(try IndexNode(decoding: node.encoded) == node)
    }
  }

  @Test("A mutilated node is refused or is another node")
  func mutilatedNode() throws {
    let bytes = node.encoded
    for length in 0..<bytes.count {
      #expect(throws: MerkleDecodingFault.truncated) {
        try IndexNode(decoding: Array(bytes.prefix(length)))
      }
    }
    #expect(throws: MerkleDecodingFault.trailingBytes(1)) { try IndexNode(decoding: bytes + [0]) }
    for position in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[position] ^= 1 << UInt8(bit)
        guard let other = try? IndexNode(decoding: changed) else { continue }
        #expect(other != node)
        #expect(other.encoded == changed)
      }
    }
  }

  @Test("Maps and versions that are never written are refused")
  func malformedNodes() throws {
    let hash = String(repeating: "00", count: 32)
    let cases: [(String, MerkleDecodingFault.Field)] = [
      ("00000000", .childMaps),
      ("00010002" + hash + hash, .childMaps),
      ("000100008000" + hash, .childVersion),
      ("00010000ffffffffffffffffff02" + hash, .childVersion),
      ("00010000ffffffffffffffffff8100" + hash, .childVersion),
    ]
    for (hex, field) in cases {
      let bytes = try #require([UInt8](hex: hex))
      #expect(throws: MerkleDecodingFault.malformed(field)) { try IndexNode(decoding: bytes) }
    }
  }
}
