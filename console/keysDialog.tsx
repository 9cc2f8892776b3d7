import { closeDialog, Dialog } from "./dialog";
import { keys } from "./keys";

/** Lists the keys. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {keys.map(([key, meaning]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <footer class="dialog-foot">
        <button type="button" class="main" autofocus onClick={closeDialog}>
          Close
        </button>
      </footer>
    </Dialog>
  );
}
