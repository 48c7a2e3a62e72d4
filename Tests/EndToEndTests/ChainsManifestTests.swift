import Foundation
import NetworkLayout
import Testing

/// What a manifest may say, and what no folder is made of.
@Suite("Manifest of several chains")
struct ChainsManifestTests {
  @Test("The manifest of the repository describes three chains that can all be joined")
  func threeChains() throws {
    let root = Samples.fixtures.deletingLastPathComponent().deletingLastPathComponent()
    let manifest = try ChainsManifest(file: root.appending(path: "network/three-chains.json"))
    #expect(manifest.chains.map(\.name) == ["province", "finance", "national"])
    #expect(manifest.chains.map(\.suite) == ["sm", "nist", "intl"])
    for channel in manifest.channels {
      for chain in channel.chains {
        #expect(!manifest.carriers(of: chain).isEmpty, "\(channel.id) at \(chain)")
        #expect(!manifest.routers(of: chain, for: channel).isEmpty, "\(channel.id) at \(chain)")
      }
    }
    let router = try #require(manifest.routers.first)
    #expect(manifest.peers(of: router).map(\.name) == ["finance-router", "national-router"])
  }

  @Test("Participants may stand in a file of their own, and a written manifest has them inside")
  func participantsFile() throws {
    let folder = try Folder()
    defer { folder.remove() }
    try folder.write("people.json", Self.people)
    let file = try folder.write(
      "m.json",
      """
      {"chains": [{"name": "a", "suite": "intl", "nodes": 1, "participantsFile": "people.json"}],
       "routers": [], "channels": []}
      """)
    let manifest = try ChainsManifest(file: file)
    #expect(manifest.carriers(of: "a") == ["carrier"])
    let chains = ChainsFolder(folder.url.path)
    try chains.write(manifest)
    #expect(try chains.readManifest() == manifest)
    #expect(try chains.readManifest().chains[0].participantsFile == nil)
  }

  @Test("A router dials those that share a channel and a mechanism with it, and nobody else")
  func peers() throws {
    let manifest = try Self.manifest(
      routers: [
        ("r1", "a", "intl"), ("r2", "b", "intl"), ("r3", "b", "sm"), ("r4", "c", "sm"),
        ("r5", "a", "intl"),
      ], channels: [("ab", "a", "b", "intl"), ("bc", "b", "c", "sm")])
    let names = manifest.routers.map { manifest.peers(of: $0).map(\.name) }
    #expect(names == [["r2"], ["r1", "r5"], ["r4"], ["r3"], ["r2"]])
  }

  @Test(
    "A manifest that no folder can be made of is refused with what to do",
    arguments: [
      (#""name": "a""#, #""name": "routers""#, "the routers' folder"),
      (#""name": "a""#, #""name": "../a""#, "cannot be a folder's name"),
      (#""name": "b""#, #""name": "a""#, "chain a is described twice"),
      (#""chain": "b""#, #""chain": "x""#, "router r2 names chain 'x': use one of a, b, c"),
      (#""member": "carrier""#, #""member": "boss""#, "with the role 'router'"),
      (#""chains": ["a", "b"]"#, #""chains": ["a", "a"]"#, "name two chains"),
      (#""chains": ["a", "b"]"#, #""chains": ["a", "z"]"#, "channel ab names chain 'z'"),
      (#""mechanism": "nist""#, #""mechanism": "sm""#, "no router of a has the mechanism"),
      (#""chain": "b""#, #""chain": "c""#, "router r2 has nothing to carry"),
      (
        #""chain": "b""#, #""shares": [{"channel": "x", "member": "m"}], "chain": "b""#,
        "name a channel that it serves"
      ),
      (
        #""chain": "b""#, #""shares": [{"channel": "ab", "member": "boss"}], "chain": "b""#,
        "with the role 'sender'"
      ),
      (
        #""chain": "b""#,
        #""shares":[{"channel":"ab","member":"m"},{"channel":"ab","member":"n"}],"chain":"b""#,
        "shares names channel 'ab' twice"
      ),
      (#""maxTimeoutHours": 1"#, #""maxTimeoutHours": 8785"#, "has maxTimeoutHours 8785"),
    ])
  func refused(_ old: String, _ new: String, _ reason: String) throws {
    let good = Self.text(
      routers: [("r1", "a", "nist"), ("r2", "b", "nist")], channels: [("ab", "a", "b", "nist")])
    _ = try Self.read(good)
    let range = try #require(good.range(of: old, options: .backwards))
    let bad = good.replacingCharacters(in: range, with: new)
    let fault = #expect(throws: LayoutFault.self) { _ = try Self.read(bad) }
    #expect("\(try #require(fault))".contains(reason), "\(String(describing: fault))")
  }

  @Test("The repository's manifest with a system without a chain names who speaks for it")
  func place() throws {
    let root = Samples.fixtures.deletingLastPathComponent().deletingLastPathComponent()
    let manifest = try ChainsManifest(file: root.appending(path: "network/bureau.json"))
    let router = try #require(manifest.routers.first)
    #expect(manifest.channels.map(\.gateway) == ["gateway"])
    #expect(manifest.channels(of: router).isEmpty && manifest.peers(of: router).isEmpty)
    #expect(
      router.gateways?.first?.systemKey
        == root.appending(path: "network/finance-platform.key").standardizedFileURL.path)
  }

  @Test(
    "A place that no channel can lead to is refused with what to do",
    arguments: [
      (#""gateway": "carrier""#, #""gateway": "nobody""#, "name a member of a"),
      (#""place": "p", "#, "", "with place, name its gateway"),
      (#", "gateway": "carrier""#, "", "with place, name its gateway"),
      (#""maxTimeoutHours": 1"#, #""maxTimeoutHours": 1, "mechanism": "sm""#, "no mechanism"),
      (#""chains": ["a"]"#, #""chains": ["a", "b"]"#, "name one chain"),
      (#""chains": ["a"]"#, #""chains": ["z"]"#, "channel at names chain 'z'"),
      (#""channel": "at""#, #""channel": "x""#, "gateway on channel 'x': name one of a"),
      (#""chain": "a", "member""#, #""chain": "b", "member""#, "gateway on channel 'at'"),
      (#""gateways": [{"#, #""gateways": [], "others": [{"#, "has nothing to carry"),
      (
        #""gateways": [{"#,
        #""gateways": [{"channel": "at", "url": "http://h:2", "systemKey": "k"}, {"#,
        "gateways names channel 'at' twice"
      ),
    ])
  func refusedPlace(_ old: String, _ new: String, _ reason: String) throws {
    let chains = ["a", "b"].map {
      #"{"name": "\#($0)", "suite": "intl", "nodes": 1, "participants": \#(Self.people)}"#
    }
    let good =
      #"{"chains": [\#(chains.joined(separator: ","))], "routers": [{"name": "r", "chain": "a", "#
      + #""member": "carrier", "gateways": [{"channel": "at", "url": "http://h:1", "#
      + #""systemKey": "k"}]}], "channels": [{"id": "at", "chains": ["a"], "messageTypes": "#
      + #"["notice"], "window": 8, "maxTimeoutHours": 1, "place": "p", "gateway": "carrier"}]}"#
    #expect(try Self.read(good).routers.first?.gateways?.count == 1)
    let range = try #require(good.range(of: old))
    let fault = #expect(throws: LayoutFault.self) {
      _ = try Self.read(good.replacingCharacters(in: range, with: new))
    }
    #expect("\(try #require(fault))".contains(reason), "\(String(describing: fault))")
  }

  private static let people = """
    {"organisations": [{"id": "o", "name": "O", "region": ""}],
     "members": [
       {"id": "boss", "organisation": "o", "roles": ["governor"], "region": "", "indexKey": false},
       {"id": "carrier", "organisation": "o", "roles": ["router"], "region": "",
        "indexKey": false}]}
    """

  private static func text(
    routers: [(String, String, String)], channels: [(String, String, String, String)]
  ) -> String {
    let chains = ["a", "b", "c"].map {
      #"{"name": "\#($0)", "suite": "intl", "nodes": 1, "participants": \#(people)}"#
    }
    let routers = routers.map {
      #"{"name": "\#($0.0)", "chain": "\#($0.1)", "member": "carrier", "mechanism": "\#($0.2)"}"#
    }
    let channels = channels.map {
      #"{"id": "\#($0.0)", "chains": ["\#($0.1)", "\#($0.2)"], "messageTypes": ["notice"], "#
        + #""window": 8, "maxTimeoutHours": 1, "mechanism": "\#($0.3)"}"#
    }
    return #"{"chains": [\#(chains.joined(separator: ","))], "#
      + #""routers": [\#(routers.joined(separator: ","))], "#
      + #""channels": [\#(channels.joined(separator: ","))]}"#
  }

  private static func manifest(
    routers: [(String, String, String)], channels: [(String, String, String, String)]
  ) throws -> ChainsManifest {
    try read(text(routers: routers, channels: channels))
  }

  private static func read(_ text: String) throws -> ChainsManifest {
    let folder = try Folder()
    defer { folder.remove() }
    return try ChainsManifest(file: folder.write("m.json", text))
  }
}

/// A temporary folder with files.
private struct Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "yilian-manifest-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> URL {
    let file = url.appending(path: name)
    try Files.write(Array(text.utf8), to: file)
    return file
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
