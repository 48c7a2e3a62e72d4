import Cryptography
import Testing

/// What differs between suites in the golden bytes of `Samples`.
struct Golden: CustomTestStringConvertible, Sendable {
  let suite: any CryptoSuite
  let body: String
  let transactionID: String
  let batch: String
  let receiptLeaf: String
  let eventLeaf: String
  let indexLeaf: String
  let indexKey: String
  let header: String
  let headerHash: String
  let keyID: String
  let chainID: String

  var testDescription: String { suite.id.name }

  static let sm = Golden(
    suite: SuiteID.sm.suite,
    body: "08011220c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c11a0868"
      + "6f73706974616c220301020328ac0230013a380a07696e766f6963651207707574426c75651a02"
      + "aabb2220c8ac4fb011f024076d39eda534bdc9b1cf80b7686b7a0ad3ee6108863b9fccf13a100a"
      + "07696e766f69636512057072696e74",
    transactionID: "f2ef07f113451cab6b1875cdcd589461e6b71807904ac94a9487bd1f1c01cdb0",
    batch: "afa8a70eac37691f96309224e0d762aef67abbb0562196f41b6a14449e63539e",
    receiptLeaf: "e99d2a64e2a2692fcc4aa3de1dea7ed6e0a3e2f6c16ae2b6a7e8467139e36b0a",
    eventLeaf: "953bf827f22315b2cc6cf6cc14326c62ca91290e9bbf452f00d5dbdf7574f5db",
    indexLeaf: "ecd4b55855d141640adde3c864ff6b563e599dfb5293f3f018d956f6aa72de64",
    indexKey: "62313fcc45de034f91fbdad6710905d1ef2c0269614d65ee22e007e0dbee92a5",
    header: "08011220c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1180120"
      + "0128ac0230ad023a20c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2"
      + "c2c24080d0eab6b7334a207e086090871e99cc4af8a1af507f48f81374e12d1efe76cc99956465"
      + "f1c29a18524a08ab021220c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5"
      + "c5c5c5c51a20c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c620"
      + "e8075a20c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c76220c8"
      + "c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8",
    headerHash: "327c7091ff39797890190ea2175f359addc5b974529b3103a5aaa0d472188c3c",
    keyID: "72d24816133174a1",
    chainID: "83498364d64484c1943459233046fc9136c53937ccebf15dcabcc25e44c27fae")

  static let intl = Golden(
    suite: SuiteID.intl.suite,
    body: "08011220c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c11a0868"
      + "6f73706974616c220301020328ac0230013a380a07696e766f6963651207707574426c75651a02"
      + "aabb22202260bfa0a3973189f1e76c3df2689c89442c0253d2460aecf39724514e62b9553a100a"
      + "07696e766f69636512057072696e74",
    transactionID: "9ab117ef47e82515233c7e6aac0087fe2bfcd54756d3d58376ccea2a608e620e",
    batch: "9109e1b1f048417ade881b39a804a1f87876a2305b2ffce4a1af591ae21f5b57",
    receiptLeaf: "a2bbc9bf2f204d45d93f914e8dccb61efffa1142fe5cee7dc0bf3bc22433ca98",
    eventLeaf: "cc8fa1d7e7136719355479b9bd5201f22e78b8b7ad9b424d543a07498b8d98fb",
    indexLeaf: "84c8b335d1ad098d0d923075a02119b9b3e3697ddfc4c62bb8b78d3960d20876",
    indexKey: "f26258375553ba14f4e28b6692e913206908fb83352bec3ffea9801be0180175",
    header: "08011220c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1180220"
      + "0128ac0230ad023a20c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2"
      + "c2c24080d0eab6b7334a2050dc5a2d29c43995931c977343b2480a8c510531b55d612715b971c9"
      + "f009cc99524a08ab021220c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5"
      + "c5c5c5c51a20c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c620"
      + "e8075a20c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c76220c8"
      + "c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8",
    headerHash: "431f0eb03fd02b3bf330dfc3efd8b5550acb1c8626d71e0495df5c41fcee92f0",
    keyID: "e7913b235b92f8de",
    chainID: "b01ddc3d02722bfa274a6d30290f6e07e821c7e6ba820c1ca49f0b8e1af9b62a")

  /// The document of `intl`.
  static let document = #"""
    {
      "format" : 1,
      "members" : [
        {
          "id" : "fund-1",
          "organisation" : "fund",
          "region" : "460000",
          "roles" : [
            "reimburser"
          ],
          "sealing_key" : "8T\/vPvqVmKKiP8dWv2iP6LvX9s+VKLuu87REJojwqzE=",
          "signing_key" : "Md6+VdN8cidosTcTHKpghwgLLgtguUvXhdFFdc+kmLw="
        }
      ],
      "name" : "golden",
      "organisations" : [
        {
          "id" : "fund",
          "name" : "医保中心",
          "region" : "460000"
        }
      ],
      "suite" : "intl",
      "time_ms" : "1767225600000",
      "validators" : [
        {
          "name" : "v1",
          "signing_key" : "Md6+VdN8cidosTcTHKpghwgLLgtguUvXhdFFdc+kmLw="
        }
      ]
    }

    """#
}
