import BuiltinContracts
import Cryptography
import LedgerModel
import Testing
import Wire

/// Bytes about identities that members sign, and that stay on the ledger. A change here is a change
/// of format.
struct IdentityGoldenTests {
  private var statement: RelayIdentityStatement {
    var statement = RelayIdentityStatement()
    statement.version = 1
    statement.remoteChain = [UInt8]([0xa1]).data
    statement.remoteMember = "m"
    statement.remoteKey = [UInt8]([0xa2]).data
    statement.localChain = [UInt8]([0xa3]).data
    statement.localMember = "l"
    statement.localKey = [UInt8]([0xa4]).data
    statement.scope = ["x", "y"]
    statement.validFromMs = 2
    statement.validUntilMs = 3
    return statement
  }

  private let statementBytes =
    "0801" + "1201a1" + "1a016d" + "2201a2" + "2a01a3" + "32016c" + "3a01a4" + "420178" + "420179"
    + "4802" + "5003"

  @Test("A statement has these bytes, and what is signed is their hash in domain 0x30")
  func signed() throws {
    #expect(statement.encoded.hex == statementBytes)
    let suite = SuiteID.intl.suite
    let key = try suite.privateKey(
      SecretBytes(copying: [UInt8](repeating: 7, count: 32)), use: .signing)
    let signature = try RelayIdentityStatement.sign(statement.encoded, with: key, suite: suite)
    let digest = suite.hash(domain: 0x30, statement.encoded.span)
    let isValid = suite.isValid(signature, of: digest.bytes.span, by: key.publicKey)
    #expect(isValid)
  }

  @Test("What is submitted, and what is kept of it, has these bytes")
  func kept() {
    var call = RelayRecognise()
    call.statement = [UInt8]([0xb1]).data
    call.localSignature = [UInt8]([0xb2]).data
    call.remoteSignature = [UInt8]([0xb3]).data
    call.header.height = 4
    call.proof = [UInt8]([0xb4]).data
    #expect(
      call.encoded.hex == "0a01b1" + "1201b2" + "1a01b3" + "22021804" + "2a01b4")
    var revoke = RelayRevoke()
    revoke.remoteChain = [UInt8]([0xa1]).data
    revoke.remoteMember = "m"
    #expect(revoke.encoded.hex == "0a01a1" + "12016d")
    var recognition = RelayRecognition()
    recognition.statement = statement
    recognition.localSignature = [UInt8]([0xb2]).data
    recognition.remoteSignature = [UInt8]([0xb3]).data
    recognition.recognisedMs = 5
    recognition.revokedMs = 6
    var identity = RelayIdentity()
    identity.version = 1
    identity.recognitions = [recognition]
    #expect(
      identity.encoded.hex
        == "0801" + "122a" + "0a1e" + statementBytes + "1201b2" + "1a01b3" + "2005" + "2806")
  }

  @Test("Public parts of calls and revocations have these bytes")
  func bodies() {
    var call = RelayMemberCall()
    call.id = "i"
    call.contract = "c"
    call.method = "m"
    call.arguments = [UInt8]([0xb5]).data
    call.key = [UInt8]([0xb6]).data
    #expect(call.encoded.hex == "0a0169" + "120163" + "1a016d" + "2201b5" + "2a01b6")
    var revoke = RelayRevokeIdentity()
    revoke.version = 2
    #expect(revoke.encoded.hex == "0802")
  }

  @Test("The longest name of a member of another chain fits an asset's key")
  func names() {
    #expect("\(RelayContract.identity([0xa1], "m"))" == "relay.identity/a1m")
    let longest = RelayContract.identity(
      [UInt8](repeating: 0xff, count: Digest.byteCount),
      String(repeating: "m", count: Limits.nameBytes))
    #expect(longest.key.utf8.count == AssetID.byteLimit)
    #expect(RelayContract.identified(by: longest)?.member == String(repeating: "m", count: 64))
    #expect(RelayContract.identified(by: RelayContract.sent("c", 1)) == nil)
    #expect(
      RelayContract.callable == [
        "invoice.print", "invoice.exchangePaper", "invoice.lock", "invoice.unlock", "invoice.post",
        "invoice.unpost", "invoice.authorise", "invoice.revoke",
      ])
  }
}
