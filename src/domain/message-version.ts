/** Version of the message; a reader accepts a newer one and says so. */
export const messageSchemaVersion = 1;
