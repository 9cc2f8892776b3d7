/**
 * What the functions use of S3's client. It is a bundle of its own (components/lib/bundle.ts): modules that it shares with the other clients
 * would otherwise be loaded at each cold start, with all that S3 alone needs of them.
 */
export { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
