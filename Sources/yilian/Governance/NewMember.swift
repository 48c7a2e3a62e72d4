internal import Cryptography
internal import Foundation
internal import NetworkLayout
internal import Wire

/// A member to be added: the form of `--add-member FILE.json`.
struct NewMember {
  private struct Form: Decodable {
    /// Without it, the name in the key file.
    var id: String?
    var organisation: String
    var roles: [String]
    var region: String?
    /// The member's key file, relative to this one; only its public part is read.
    var key: String
  }

  private let form: Form
  private let keys: PublicIdentity

  init(file path: String) throws {
    let file = URL(filePath: path)
    do {
      form = try JSONDecoder().decode(Form.self, from: Data(try Files.read(file)))
    } catch let fault as LayoutFault {
      throw fault
    } catch {
      throw Failure.usage(
        "\(path) is no member: it needs \"organisation\", \"roles\" and \"key\" (\(error))")
    }
    let key = URL(filePath: form.key, relativeTo: file.deletingLastPathComponent())
    keys = try KeyFile.readPublic(String(decoding: try Files.read(key), as: UTF8.self))
  }

  func record(_ suite: any CryptoSuite) throws -> WireMemberRecord {
    guard keys.suite == suite.id else {
      throw Failure.usage(
        "the keys of \(keys.name) are of suite \(keys.suite.name), the chain's is \(suite.id.name)")
    }
    var record = WireMemberRecord()
    record.id = form.id ?? keys.name
    record.organisation = form.organisation
    record.roles = form.roles
    record.region = form.region ?? ""
    record.signingKey = keys.signing.encoded.data
    record.sealingKey = keys.sealing.encoded.data
    return record
  }
}
