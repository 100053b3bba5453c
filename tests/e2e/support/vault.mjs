// The vault's copies as they lie in the browser, the wallet's worker, and an authenticator made of software.

/** The names of the private files, one of which holds a copy. */
const FILES = ["vault-a.copy", "vault-b.copy"];

/** What lies in the database and in private files, in hex. */
export function copiesOf(page) {
  return page.evaluate(async (names) => {
    const opened = await new Promise((resolve, reject) => {
      const asked = indexedDB.open("soma-wallet");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    const database = await new Promise((resolve, reject) => {
      const asked = opened.transaction("vault").objectStore("vault").get("vault");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    opened.close();
    const root = await navigator.storage.getDirectory();
    const files = [];
    for (const name of names) {
      try {
        const file = await (await root.getFileHandle(name)).getFile();
        const bytes = new Uint8Array(await file.arrayBuffer());
        files.push({ name, hex: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("") });
      } catch (error) {
        if (error.name !== "NotFoundError") {
          throw error;
        }
      }
    }
    return { database, files };
  }, FILES);
}

/**
 * Puts other copies in their place; from a page without the wallet, which would go on with those it knows.
 *
 * @param {{ database?: string, files: { name: string, hex: string }[], changing?: number }} copies `changing` is the
 *   number of the copy before a password change that never ended.
 */
export function placeCopies(page, copies) {
  return page.evaluate(
    async ([{ database, files, changing }, names]) => {
      const opened = await new Promise((resolve, reject) => {
        const asked = indexedDB.open("soma-wallet");
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
      const written = opened.transaction(["vault", "settings"], "readwrite");
      const vault = written.objectStore("vault");
      database === undefined ? vault.delete("vault") : vault.put(database, "vault");
      if (changing !== undefined) {
        written.objectStore("settings").put(String(changing), "password-change");
      }
      await new Promise((resolve, reject) => {
        written.oncomplete = resolve;
        written.onerror = () => reject(written.error);
      });
      opened.close();
      const root = await navigator.storage.getDirectory();
      for (const name of names) {
        await root.removeEntry(name).catch(() => {});
      }
      for (const { name, hex } of files) {
        const file = await root.getFileHandle(name, { create: true });
        const stream = await file.createWritable();
        await stream.write(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
        await stream.close();
      }
    },
    [copies, FILES],
  );
}

/** What is noted of wrong passwords; nothing where there were none. */
export function attemptsOf(page) {
  return page.evaluate(async () => {
    const opened = await new Promise((resolve, reject) => {
      const asked = indexedDB.open("soma-wallet");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    const noted = await new Promise((resolve, reject) => {
      const asked = opened.transaction("settings").objectStore("settings").get("attempts");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    opened.close();
    return noted === undefined ? undefined : JSON.parse(noted);
  });
}

/** Notes so many wrong passwords, the last of them so many milliseconds ago. */
export function placeAttempts(page, failed, agoMs) {
  return page.evaluate(
    async ([failed, agoMs]) => {
      const opened = await new Promise((resolve, reject) => {
        const asked = indexedDB.open("soma-wallet");
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
      const written = opened.transaction("settings", "readwrite");
      written.objectStore("settings").put(JSON.stringify({ failed, last_ms: Date.now() - agoMs }), "attempts");
      await new Promise((resolve, reject) => {
        written.oncomplete = resolve;
        written.onerror = () => reject(written.error);
      });
      opened.close();
    },
    [failed, agoMs],
  );
}

/** The worker that holds the vault. */
export async function workerOf(page) {
  const workers = page.workers();
  for (const worker of workers) {
    if ((await worker.evaluate(() => self.name)) === "") {
      return worker;
    }
  }
  throw new Error(`no worker of the wallet among ${workers.length}`);
}

/** Gives a page an authenticator made of software; it can be told to refuse. */
export async function addAuthenticator(page, { hasPrf }) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf,
    },
  });
  return {
    /** It has no passkey any more. */
    forget: () => session.send("WebAuthn.clearCredentials", { authenticatorId }),
    credentials: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
}
